import type { Report } from '../../shared/reports/report';
import type { ListedUser, ResultData } from '../../shared/reports/result';
import { evaluateFunnel } from './funnel';
import { evaluateJourney } from './journey';
import { evaluateKpis } from './kpis';
import { evaluatePaths } from './paths';
import { evaluateRetention } from './retention';
import { evaluateTrend } from './trend';
import { evaluateUsers } from './users';
import type { World } from './world';

/** The data of a report, and for kpis the list beside it. */
export interface Answer {
  readonly data: ResultData[keyof ResultData];
  readonly users?: readonly ListedUser[];
}

/**
 * What a report's figures are, worked out plainly from the definitions over everything stored. It is slow on
 * purpose and shares nothing with the executors, so that it can judge them. Users and journeys are answered
 * whole, without pages. `now` in ms.
 * @throws WaymarkError `badReport` when the report asks for a mark that does not exist
 */
export function evaluate(report: Report, world: World, now: number): Answer {
  switch (report.kind) {
    case 'kpis':
      return evaluateKpis(report, world, now);
    case 'trend':
      return evaluateTrend(report, world, now);
    case 'funnel':
      return evaluateFunnel(report, world, now);
    case 'paths':
      return evaluatePaths(report, world, now);
    case 'retention':
      return evaluateRetention(report, world, now);
    case 'users':
      return evaluateUsers(report, world, now);
    case 'journey':
      return evaluateJourney(report, world, now);
  }
}
