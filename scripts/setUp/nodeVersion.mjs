/** The Node version that runs the scripts. */
import { readFileSync } from 'node:fs';

/** Throws when this Node is older than package.json's `engines` asks for. */
export function checkNodeVersion() {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const oldest = manifest.engines.node.replace('>=', '');
  if (!isAtLeast(process.versions.node, oldest)) {
    throw new Error(`Waymark needs Node ${oldest} or later; this is ${process.versions.node}.`);
  }
}

/**
 * @param {string} version such as `20.19.0`
 * @param {string} oldest
 */
export function isAtLeast(version, oldest) {
  const [have, need] = [version, oldest].map((text) => text.split('.').map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (have?.[index] ?? 0) - (need?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
