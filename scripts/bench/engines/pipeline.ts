import { runReport } from '../../../src/analytics/engine/runReport';
import { openSource } from '../../../src/analytics/source/openSource';
import type { Engine } from '../engine';
import { END_AT } from '../questions';

/** Waymark's aggregation pipelines: a report in, its figures out, everything in between included. */
export const pipelineEngine: Engine = {
  name: 'pipeline',
  open: async ({ uri, database }) => {
    const source = await openSource({ uri, database });
    return {
      prepare:
        ({ report, figuresOf }) =>
        async () =>
          figuresOf(await runReport({ report, source, now: END_AT, engine: 'pipeline' })),
      close: () => source.close(),
    };
  },
};
