import { describe, expect, it } from 'vitest';
import { parseReport } from '../../shared/reports/report';
import { evaluate } from '../reference/evaluate';
import { buildWorld } from '../reference/world';
import { listIn } from '../differential/judge';
import { EXAMPLES } from './allExamples';
import { fileOf, LONG_AFTER, lookUp, storedOf } from './example';

describe.each(EXAMPLES)('by hand, %s', (_, examples) => {
  it.each(examples.map((example) => [example.rule, example] as const))('%s', (__, example) => {
    const now = Date.parse(example.now ?? LONG_AFTER);
    const answer = evaluate(parseReport(fileOf(example)), buildWorld(storedOf(example)), now);
    for (const [path, expected] of Object.entries(example.counts)) {
      const actual = path === 'list' ? listIn(answer) : lookUp(answer.data, path);
      expect(actual, path).toEqual(expected);
    }
  });
});
