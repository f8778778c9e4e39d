import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.join('docs', file)),
];

it('every link and picture of the documentation is there', () => {
  const missing = pages.flatMap((page) => {
    const text = readFileSync(path.join(root, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    return [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(path.join(root, path.dirname(page), target)))
      .map((target) => `${page}: ${target}`);
  });
  expect(missing).toEqual([]);
});

it('every path of the repository that the documentation names is there', () => {
  const missing = pages.flatMap((page) => {
    const text = readFileSync(path.join(root, page), 'utf8');
    return [...text.matchAll(/`((?:src|scripts|collector|docs|resources)\/[\w./-]*\w)\/?`/g)]
      .map(([, named = '']) => named)
      .filter((named) => !existsSync(path.join(root, named)))
      .map((named) => `${page}: ${named}`);
  });
  expect(missing).toEqual([]);
});

it('every source file that the documentation names by folder and name is there', () => {
  const sources = ['src', 'scripts', 'collector/src'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(
      (file) => `/${folder}/${file.split(path.sep).join('/')}`,
    ),
  );
  const missing = pages.flatMap((page) => {
    const text = readFileSync(path.join(root, page), 'utf8');
    return [...text.matchAll(/`(\w[\w.-]*\/[\w./-]+\.(?:tsx?|mjs))`/g)]
      .map(([, named = '']) => named)
      .filter((named) => !existsSync(path.join(root, named)))
      .filter((named) => !sources.some((source) => source.endsWith(`/${named}`)))
      .map((named) => `${page}: ${named}`);
  });
  expect(missing).toEqual([]);
});
