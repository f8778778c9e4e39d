import fc from 'fast-check';
import type { ReportKind } from '../../shared/reports/report';
import { reports, type ReportFile } from './reports';
import { streams, type Stream } from './streams';

/** How many reports of each kind are asked of one stream. */
const REPORTS_PER_STREAM: Readonly<Record<ReportKind, number>> = {
  kpis: 13,
  trend: 11,
  funnel: 12,
  paths: 8,
  retention: 6,
  users: 18,
  journey: 5,
};

/** A stream with the reports to be asked of it; `pick` chooses the mark whose list is asked for. */
export interface Round {
  readonly stream: Stream;
  readonly asked: readonly { readonly file: ReportFile; readonly pick: number }[];
}

function sampleOne<T>(arbitrary: fc.Arbitrary<T>, count: number, seed: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed });
}

/** The round of a seed: the same seed gives the same stream and reports. */
export function roundOf(
  seed: number,
  kinds: readonly ReportKind[] = Object.keys(REPORTS_PER_STREAM) as ReportKind[],
): Round {
  const [stream] = sampleOne(streams, 1, seed);
  if (stream === undefined) throw new Error('No stream was drawn.');
  return {
    stream,
    asked: kinds.flatMap((kind, index) => {
      const count = REPORTS_PER_STREAM[kind];
      const files = sampleOne(reports(kind, stream), count, seed * 31 + index);
      const picks = sampleOne(fc.nat(10_000), count, seed * 37 + index);
      return files.map((file, at) => ({ file, pick: picks[at] ?? 0 }));
    }),
  };
}
