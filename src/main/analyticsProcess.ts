/** Entry of the analytics process: holds the database connections and runs reports, so that no window waits. */
import { createMethods } from './analytics/methods';
import type { ToAnalytics } from './analytics/protocol';
import { serveMethods } from './analytics/serveMethods';

const port = process.parentPort;
const receive = serveMethods(createMethods(), (message) => port.postMessage(message));
port.on('message', ({ data }) => receive(data as ToAnalytics));
