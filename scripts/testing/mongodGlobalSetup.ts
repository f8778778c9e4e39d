/** Vitest global set-up: one real MongoDB (a replica set of one) for a whole run; tests take `inject('mongoUri')`. */
import type { TestProject } from 'vitest/node';
import { startReplicaSet } from './mongod.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of a real single-node replica set; use a database of your own and drop it. */
    mongoUri: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const replicaSet = await startReplicaSet();
  project.provide('mongoUri', replicaSet.uri);
  return () => replicaSet.stop();
}
