/** Entry of the analytics process: holds the database connections and runs reports, so that no window waits. */
import path from 'node:path';
import { createMethods } from './analytics/methods';
import type { FromAnalytics, ToAnalytics } from './analytics/protocol';
import { serveMethods } from './analytics/serveMethods';

/** A message needs a turn or two to leave. */
const TELL_WITHIN_MS = 100;

const port = process.parentPort;
const receive = serveMethods(createMethods(path.join(__dirname, '..', '..')), (message) =>
  port.postMessage(message),
);
port.on('message', ({ data }) => receive(data as ToAnalytics));

const tellFault = (fault: unknown): void =>
  port.postMessage({
    type: 'fault',
    text: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
  } satisfies FromAnalytics);
// A promise that nobody waited for belongs to no call, so the others go on. After an exception in a callback nobody
// knows whose call will never be answered: this process ends, which fails all of them with a sentence.
process.on('unhandledRejection', tellFault);
process.on('uncaughtException', (fault) => {
  tellFault(fault);
  setTimeout(() => process.exit(1), TELL_WITHIN_MS);
});
