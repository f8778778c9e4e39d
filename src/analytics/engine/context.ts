import type { Mapping } from '../../shared/model/mapping';
import type { Report, ReportKind, ReportOf } from '../../shared/reports/report';
import type { ListedUser, ResultData } from '../../shared/reports/result';
import type { ResolvedRange } from '../../shared/time/range';
import { compileReportFilters, type CompiledFilters, type PredicateContext } from '../filters/predicates';
import { resolveUserSets } from '../filters/resolveUserSets';
import type { IdentityMap } from '../identity/identityMap';
import type { Estimate } from './estimate';
import type { SourceRun } from '../source/sourceRun';

export interface Progress {
  readonly phase: string;
  readonly done?: number;
  readonly total?: number;
}

/** How a run reads. The defaults are for speed; a judge varies them, so that small data meets every way. */
export interface Reading {
  /** An estimate of so many documents is read in stretches of time side by side. */
  readonly slicedFrom: number;
  /** Whether rows may travel in packs. */
  readonly isPacked: boolean;
  /** With an estimate of so many documents a page of users is found without a look at everybody. */
  readonly quickPageFrom: number;
}

/** Fewer documents are read quicker by one pipeline than by two, and with fewer still everybody is looked at. */
export const DEFAULT_READING: Reading = { slicedFrom: 150_000, isPacked: true, quickPageFrom: 20_000 };

/** Everything a run works with, whatever the report's kind. */
export interface AnyRunContext {
  readonly report: Report;
  readonly run: SourceRun;
  readonly mapping: Mapping;
  readonly identities: IdentityMap;
  readonly range: ResolvedRange;
  /** ms. */
  readonly now: number;
  /** The earlier of now and the newest stored timestamp (ms); null when there are no events. */
  readonly dataThrough: number | null;
  /** A longer gap between a user's events without a session id starts a new session. */
  readonly sessionGapMs: number;
  /** Whether no event lacks a user: as far as an index tells. */
  readonly everyEventHasUser: boolean;
  /** What the run is expected to read; undefined when the server would not say. */
  readonly estimate: Estimate | undefined;
  readonly reading: Reading;
  readonly onProgress: (progress: Progress) => void;
}

/** Everything a kind's runner works with. */
export interface RunContext<K extends ReportKind> extends AnyRunContext {
  readonly report: ReportOf<K>;
}

/** What a kind's runner answers; `users` only where the list does not belong into the data. */
export interface KindAnswer<K extends ReportKind> {
  readonly data: ResultData[K];
  readonly users?: readonly ListedUser[];
}

/** A report's conditions, with the users they speak of found. */
export interface CompiledReport {
  readonly predicates: PredicateContext;
  readonly filters: CompiledFilters;
}

/**
 * Finds the users that the report's conditions speak of and compiles its filters.
 * @param range what `did` and `didNot` look at unless they name a range; the compared range in its own run
 */
export async function compileReport(context: AnyRunContext, range: ResolvedRange): Promise<CompiledReport> {
  const { run, identities, mapping, now } = context;
  const { report } = context;
  const sets = await resolveUserSets(report, { run, identities, range, now });
  const predicates: PredicateContext = {
    mapping,
    identities,
    sets,
    everyEventHasUser: context.everyEventHasUser,
  };
  return { predicates, filters: compileReportFilters(report.filters, predicates) };
}
