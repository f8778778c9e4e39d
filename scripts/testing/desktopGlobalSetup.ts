/** Vitest global set-up for end-to-end tests: the real Electron, a display and an unlocked keyring of their own. */
import type { TestProject } from 'vitest/node';
import { ensureDisplay } from '../desktop/display.mjs';
import { ensureKeyring } from '../desktop/keyring.mjs';
import { provideElectron } from '../provide/electron.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Electron executable; takes the app's folder as its first argument. */
    electronPath: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('electronPath', (await provideElectron()).path);
  const ends = [await ensureDisplay(), await ensureKeyring()];
  return async () => {
    for (const end of ends) await end();
  };
}
