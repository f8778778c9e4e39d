import type { Document } from 'mongodb';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import type { ResolvedRange } from '../../../shared/time/range';
import { compileEvent, type EventPredicate } from '../../filters/predicates';
import { NONE } from '../../kernels/series';
import { accessEventField, type Expression, type LookupOrigin } from '../../mapping/fields';
import { selectEvents } from '../../mapping/selection';
import { valueText } from '../../mapping/storedText';
import type { CompiledReport, RunContext } from '../context';
import { findCovering, type Covering } from '../covering';
import type { Slice } from '../slices';
import { loadUserValues } from '../userValues';

/** One period of a trend, ready to be gathered. */
export interface TrendPeriod {
  readonly context: RunContext<'trend'>;
  readonly range: ResolvedRange;
  readonly compiled: CompiledReport;
  readonly axis: TimeAxis;
  readonly event: EventPredicate;
  /** The breakdown's value as stored on the event; null without a breakdown or when it is the user's. */
  readonly value: Expression;
  readonly valueLookups: readonly LookupOrigin[];
  /** The index that holds all that counting needs; undefined when documents have to be read. */
  readonly covering: Covering | undefined;
  /** The breakdown's value of a canonical user; null when it is the event's. */
  readonly valueOfUser: ((canonicalId: string) => string | null) | null;
}

export async function preparePeriod(
  context: RunContext<'trend'>,
  range: ResolvedRange,
  compiled: CompiledReport,
  axis: TimeAxis,
): Promise<TrendPeriod> {
  const { report, mapping, run, identities } = context;
  const { breakdown } = report;
  const event = compileEvent(report.event, compiled.predicates);
  const covering = await findCovering(context, compiled, { event, breakdown });
  const base = { context, range, compiled, axis, event, covering };
  if (breakdown === undefined) return { ...base, value: null, valueLookups: [], valueOfUser: null };
  if (breakdown.startsWith('user.')) {
    const valueOfUser = await loadUserValues(run, identities, breakdown.slice('user.'.length));
    return { ...base, value: null, valueLookups: [], valueOfUser };
  }
  const access = accessEventField(mapping, breakdown);
  return {
    ...base,
    value: access.expr ?? { $literal: null },
    valueLookups: access.lookup ? [access.lookup] : [],
    valueOfUser: null,
  };
}

/**
 * The stages that select a period's events.
 * @param byUser whether the user is known afterwards, so that filters on users can wait until then
 */
export function selectPeriod(
  period: TrendPeriod,
  byUser: boolean,
  options: {
    readonly lookups?: readonly LookupOrigin[];
    readonly slice?: Slice;
    readonly covered?: boolean;
  } = {},
): Document[] {
  const { filters } = period.compiled;
  const { lookups = [], slice = period.range } = options;
  const isOpenType = options.covered === true && period.event.types === null;
  const users = byUser ? filters.usersMatch : [filters.all.match];
  return selectEvents(period.context.mapping, {
    from: slice.from,
    to: slice.to,
    everyEventHasUser: period.context.everyEventHasUser,
    matches: [
      ...(isOpenType && period.covering ? [period.covering.match] : []),
      period.event.match,
      ...(byUser ? [filters.events.match] : []),
      ...users,
    ].filter((match) => Object.keys(match).length > 0),
    lookups: [...filters.events.lookups, ...period.event.lookups, ...period.valueLookups, ...lookups],
  });
}

/** The name under which a row's value is counted. */
export function nameOfValue(period: TrendPeriod, stored: unknown, canonicalId: string | null): string {
  if (period.valueOfUser) return (canonicalId === null ? null : period.valueOfUser(canonicalId)) ?? NONE;
  return period.value === null ? 'all' : (valueText(stored) ?? NONE);
}
