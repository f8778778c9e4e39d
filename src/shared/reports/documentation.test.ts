import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPERATORS, EVENT_FIELDS } from './filters';
import { parseReport, reportSchema } from './report';

const docs = path.resolve(__dirname, '../../../docs');
const pages = readdirSync(path.join(docs, 'analyses'));
const examplesIn = (text: string): string[] =>
  [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => json ?? '');
const reference = readFileSync(path.join(docs, 'reports.md'), 'utf8');

describe('the documentation of reports', () => {
  it('has a page for every kind, whose report is valid and of that kind', () => {
    const kinds = reportSchema.options.map(({ shape }) => shape.kind.value).sort();
    expect(pages.map((page) => page.replace('.md', '')).sort()).toEqual(kinds);
    for (const page of pages) {
      const [example] = examplesIn(readFileSync(path.join(docs, 'analyses', page), 'utf8'));
      expect(parseReport(JSON.parse(example ?? '')).kind).toBe(page.replace('.md', ''));
    }
  });

  it.each(pages)('says in %s what it answers, by which rules, how peers count, and how it runs', (page) => {
    const text = readFileSync(path.join(docs, 'analyses', page), 'utf8');
    expect(text).toContain('**Answers**');
    const [, rules = '', peers = '', , pipeline = ''] = text.split(/^## .*$/m);
    expect(rules).toMatch(/^```|^\| ---/m);
    for (const peer of ['PostHog', 'Mixpanel', 'Amplitude', 'Umami']) expect(peers).toContain(`| ${peer} `);
    expect(pipeline).toMatch(/\$match/);
  });

  it('names every key of every kind, every operator and every field', () => {
    for (const { shape } of reportSchema.options) {
      for (const key of Object.keys(shape))
        expect(reference).toContain(`\`${key}\``.replace(/^`(title|version|kind|range|filters)`$/, '"$1"'));
    }
    for (const name of [...OPERATORS, ...EVENT_FIELDS]) expect(reference).toContain(name);
  });
});
