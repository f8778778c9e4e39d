import path from 'node:path';
import { expect, it } from 'vitest';
import { generatePages, readPage } from './pages';

it('the pages that come from code are up to date; `npm run docs` writes them', async () => {
  for (const { file, text } of await generatePages()) {
    expect([path.basename(file), readPage(file)]).toEqual([path.basename(file), text]);
  }
});
