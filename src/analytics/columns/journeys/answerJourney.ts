import type { ReportOf } from '../../../shared/reports/report';
import type { AnyResult } from '../../../shared/reports/result';
import { resolveRange } from '../../../shared/time/range';
import { columnResult } from '../columnResult';
import type { StoredPerson } from '../supply';
import { runStoredJourney } from './runStoredJourney';

export interface JourneyRequest {
  readonly report: ReportOf<'journey'>;
  readonly person: StoredPerson;
  /** ms. */
  readonly now: number;
  readonly sessionGapMs: number;
}

/** Answers a journey from what a store keeps of the person. */
export async function answerJourney({
  report,
  person,
  now,
  sessionGapMs,
}: JourneyRequest): Promise<AnyResult> {
  const startedAt = Date.now();
  const range = resolveRange(report.range, now);
  const data = await runStoredJourney({ ...person, report, range, now, sessionGapMs });
  return columnResult({
    ...person,
    report,
    answer: { data },
    range,
    now,
    sessionGapMs,
    dataThrough: person.newest === null ? null : Math.min(now, person.newest),
    startedAt,
    why: `columns built at ${person.builtAt}`,
  });
}
