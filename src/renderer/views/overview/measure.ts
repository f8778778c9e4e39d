import { fieldLabel } from '../../filters/fields';
import type { FigureKind } from '../../format/number';
import type { Measure } from './trendDraft';

/** The measures that every trend offers; others come with a report that was opened. */
export const SIMPLE_MEASURES = ['users', 'sessions', 'events'] as const;

const NAMES: Readonly<Record<string, string>> = { users: 'Users', sessions: 'Sessions', events: 'Events' };
const AGGREGATES = { sum: 'Sum', mean: 'Mean', median: 'Median', p90: '90th percentile' } as const;

/** Tells measures apart. */
export const measureKey = (measure: Measure): string =>
  typeof measure === 'string' ? measure : JSON.stringify(measure);

/** What a trend measures, for people. */
export const measureName = (measure: Measure): string =>
  typeof measure === 'string'
    ? (NAMES[measure] ?? measure)
    : `${AGGREGATES[measure.aggregate]} of ${fieldLabel(measure.field)}`;

/** How its values are shown. */
export const figureKind = (measure: Measure): FigureKind =>
  typeof measure !== 'string' && measure.field === 'durationSec' ? 'seconds' : 'count';
