import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ensureKeyring } from './keyring.mjs';

test('a secret stored through the session bus can be read back', async ({ skip }) => {
  if (process.platform !== 'linux') skip('needs Linux: other platforms have a keychain of their own');
  const end = await ensureKeyring();
  try {
    const script = `
      const keytar = require('keytar');
      keytar.setPassword('waymark-test', 'ada', 's3cret')
        .then(() => keytar.getPassword('waymark-test', 'ada'))
        .then((found) => process.stdout.write(String(found)));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('s3cret');
  } finally {
    await end();
  }
});
