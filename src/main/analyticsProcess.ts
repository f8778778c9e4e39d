/** Entry of the analytics process: holds the database connections and runs reports, so that no window waits. */
import path from 'node:path';
import { createMethods } from './analytics/methods';
import type { ToAnalytics } from './analytics/protocol';
import { serveMethods } from './analytics/serveMethods';

const port = process.parentPort;
const receive = serveMethods(createMethods(path.join(__dirname, '..', '..')), (message) =>
  port.postMessage(message),
);
port.on('message', ({ data }) => receive(data as ToAnalytics));
