import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Coverage } from './coverage';
import { openStreamDatabase, type StreamDatabase } from './database';
import { FAULTS } from './faults';
import { buildMutant, removeMutants } from './mutant';
import { tryRound } from './trial';
import { pipelineVoice } from './voices';

/** So many streams, with all reports of the kinds concerned, a fault may pass unnoticed at most. */
const MOST_ROUNDS = 60;

let database: StreamDatabase;
beforeAll(async () => {
  database = await openStreamDatabase(inject('mongoUri'), 'differential_faults');
});
afterAll(async () => {
  removeMutants();
  await database.close();
});

/** The judge judges: each wrong rule is noticed by the same trial that finds none in the right ones. */
describe('a seeded fault is found', () => {
  it.each(FAULTS.map((fault, index) => [fault.rule, fault, index] as const))(
    '%s',
    async (_, fault, index) => {
      const run = await buildMutant(fault, `fault-${index}`);
      const coverage = new Coverage();
      let found: string | undefined;
      const { firstRound = 1 } = fault;
      for (let more = 0; more < MOST_ROUNDS && found === undefined; more += 1) {
        const divergences = await tryRound(firstRound + more, database, coverage, {
          kinds: fault.kinds,
          voicesFor: ({ now }) => [pipelineVoice(database.source, now, run)],
          stopAtFirst: true,
        });
        found = divergences.map(({ verdict }) => verdict.path)[0];
      }
      expect(found, `not noticed in ${coverage.reports} reports`).toBeDefined();
      expect(found, 'the faulty engine fails instead of answering wrongly').not.toBe('failed');
    },
    240_000,
  );
});
