import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** One folder for everything temporary of a run of tests, whichever process makes it; gone when the run ends. */
export default function setup(): () => void {
  const before = tmpdir();
  const folder = mkdtempSync(path.join(before, 'waymark-tests-'));
  useForTemporary(folder);
  return () => {
    useForTemporary(before);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

/** For this process and those it starts. */
function useForTemporary(folder: string): void {
  for (const name of process.platform === 'win32' ? ['TEMP', 'TMP'] : ['TMPDIR']) process.env[name] = folder;
}
