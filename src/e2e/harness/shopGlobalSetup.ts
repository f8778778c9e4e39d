/** Vitest global set-up for end-to-end tests: one sample shop for every file that only reads. */
import type { TestProject } from 'vitest/node';
import { loadHistory } from '../../../scripts/demo/history';
import { SHOP_END } from './shop';

declare module 'vitest' {
  interface ProvidedContext {
    /** Database of `mongoUri` with the sample shop; nothing may change it. */
    shopDatabase: string;
  }
}

const DATABASE = 'e2eShop';
const EVENTS = 10_000;

export default async function setup(project: TestProject): Promise<void> {
  const shop = { seed: 7, events: EVENTS, endAt: SHOP_END, isLoaded: false };
  await loadHistory(project.getProvidedContext().mongoUri, DATABASE, shop);
  project.provide('shopDatabase', DATABASE);
}
