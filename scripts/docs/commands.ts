/** The commands that the documentation shows. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export interface ShownCommand {
  /** Path of the page in the repository. */
  readonly page: string;
  /** One command with its continuation lines, without a comment at its end. */
  readonly command: string;
}

const pages = (): string[] => [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`)
    .sort(),
];

/** Every command in the fenced `sh` blocks of the documentation, page by page, in their order. */
export function findCommands(): ShownCommand[] {
  return pages().flatMap((page) => {
    const text = readFileSync(path.join(root, page), 'utf8');
    return [...text.matchAll(/^```(?:sh|bash|shell|console)\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
      block
        .replace(/\\\n\s*/g, '')
        .split('\n')
        .map((line) => line.replace(/\s+#\s.*$/, '').trim())
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((command) => ({ page, command })),
    );
  });
}

/** The first block of a page in a language: JSON, which the commands beside it use as a file, or a program. */
export function findExample(page: string, language: 'json' | 'js'): string {
  const text = readFileSync(path.join(root, page), 'utf8');
  return new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(text)?.[1] ?? '';
}
