import type { Example } from './example';
import { fieldBugExamples } from './fieldBugExamples';
import { attemptExamples, exclusionExamples, orderExamples } from './funnelExamples';
import { figureExamples } from './funnelFigureExamples';
import { conditionExamples } from './conditionExamples';
import { kpiExamples, trendExamples } from './countExamples';
import { pathExamples, peopleExamples, retentionExamples } from './journeyExamples';

/** Every worked example, by the part of the definitions it shows. */
export const EXAMPLES: readonly (readonly [string, readonly Example[]])[] = [
  ['users, sessions and key figures', kpiExamples],
  ['trends', trendExamples],
  ['conditions', conditionExamples],
  ['funnel: attempts', attemptExamples],
  ['funnel: order', orderExamples],
  ['funnel: exclusions', exclusionExamples],
  ['funnel: figures', figureExamples],
  ['paths', pathExamples],
  ['retention', retentionExamples],
  ['users and journeys', peopleExamples],
  ['the bug list of the field', fieldBugExamples],
];
