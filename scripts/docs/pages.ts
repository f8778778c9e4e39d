/** The pages of the documentation that are written from code, and where they lie. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describeCommands } from '../../src/cli/program.ts';
import { writeCommandReference } from './commandReference.ts';
import { writeReportReference } from './reportReference.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface GeneratedPage {
  readonly file: string;
  readonly text: string;
}

/** Every generated page as it must be, formatted like the rest of the repository. */
export async function generatePages(): Promise<GeneratedPage[]> {
  const pages = [
    { name: 'docs/reference/report-file.md', text: writeReportReference() },
    { name: 'docs/reference/command-line.md', text: writeCommandReference(describeCommands()) },
  ];
  return Promise.all(
    pages.map(async ({ name, text }) => {
      const file = path.join(root, name);
      return { file, text: await format(text, { ...(await resolveConfig(file)), filepath: file }) };
    }),
  );
}

/** What a page's file holds now; empty when there is none. */
export function readPage(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
