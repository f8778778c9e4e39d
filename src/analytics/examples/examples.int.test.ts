import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseReport } from '../../shared/reports/report';
import { openStreamDatabase, type StreamDatabase } from '../differential/database';
import { listIn } from '../differential/judge';
import { pipelineVoice } from '../differential/voices';
import { EXAMPLES } from './allExamples';
import { fileOf, LONG_AFTER, lookUp, storedOf } from './example';

let database: StreamDatabase;
beforeAll(async () => {
  database = await openStreamDatabase(inject('mongoUri'), 'worked_examples');
});
afterAll(() => database.close());

describe.each(EXAMPLES)('the server’s answer, %s', (_, examples) => {
  it.each(examples.map((example) => [example.rule, example] as const))('%s', async (__, example) => {
    await database.load(storedOf(example));
    const voice = pipelineVoice(database.source, Date.parse(example.now ?? LONG_AFTER));
    const answer = await voice.answer(parseReport(fileOf(example)));
    for (const [path, expected] of Object.entries(example.counts)) {
      const actual = path === 'list' ? listIn(answer) : lookUp(answer.data, path);
      expect(actual, path).toEqual(expected);
    }
  });
});
