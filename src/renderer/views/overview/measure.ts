import { fieldLabel } from '../../filters/fields';
import type { FigureKind } from '../../format/number';
import type { Measure } from './trendDraft';
import { OVERVIEW } from '../../text/overview';
import { WORDS } from '../../text/words';

/** The measures that every trend offers; others come with a report that was opened. */
export const SIMPLE_MEASURES = ['users', 'sessions', 'events'] as const;

const NAMES: Readonly<Record<string, string>> = {
  users: WORDS.users,
  sessions: WORDS.sessions,
  events: WORDS.events,
};
const AGGREGATES = {
  sum: OVERVIEW.sum,
  mean: WORDS.mean,
  median: OVERVIEW.median,
  p90: OVERVIEW.p90,
} as const;

/** Tells measures apart. */
export const measureKey = (measure: Measure): string =>
  typeof measure === 'string' ? measure : JSON.stringify(measure);

/** What a trend measures, for people. */
export const measureName = (measure: Measure): string =>
  typeof measure === 'string'
    ? (NAMES[measure] ?? measure)
    : OVERVIEW.aggregateOf(AGGREGATES[measure.aggregate], fieldLabel(measure.field));

/** How its values are shown. */
export const figureKind = (measure: Measure): FigureKind =>
  typeof measure !== 'string' && measure.field === 'durationSec' ? 'seconds' : 'count';
