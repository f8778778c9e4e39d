/** `npm run docs`: writes the pages of the documentation that come from code. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generatePages } from './pages.ts';

for (const { file, text } of await generatePages()) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`wrote ${path.relative(process.cwd(), file)}`);
}
