import { readFileSync } from 'node:fs';
import { z } from 'zod';

const entrySchema = z.array(z.string());

/** The options of Node with which the image starts the collector. */
export function shippedNodeArgs(): string[] {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
  const [, entry = '[]'] = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile) ?? [];
  return entrySchema.parse(JSON.parse(entry)).filter((part) => part.startsWith('--'));
}
