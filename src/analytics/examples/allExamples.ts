import type { Example } from './example';
import { attemptExamples, exclusionExamples, figureExamples, orderExamples } from './funnelExamples';
import { conditionExamples, kpiExamples, trendExamples } from './countExamples';
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
];
