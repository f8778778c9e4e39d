import { WaymarkError, type ErrorCode } from '../../shared/errors';
import type { QualityFindings } from '../../shared/ipc/inspection';
import { catalogueEvents } from './events';
import { scanProperties } from './properties';
import type { Finding, QualityCheck } from './quality/finding';
import { NAME_CHECKS } from './quality/names';
import { REPEAT_CHECKS } from './quality/repeats';
import { RHYTHM_CHECKS } from './quality/rhythm';
import { ROW_CHECKS } from './quality/rows';
import { VALUE_CHECKS } from './quality/values';
import type { InspectRequest } from './request';

/** Every check; adding one is adding it to its list. */
const CHECKS: readonly QualityCheck[] = [
  ...ROW_CHECKS,
  ...NAME_CHECKS,
  ...RHYTHM_CHECKS,
  ...REPEAT_CHECKS,
  ...VALUE_CHECKS,
];

const SEVERITIES: readonly Finding['severity'][] = ['problem', 'warning', 'info'];

/** Failures that concern one check; anything else ends the inspection. */
const BEARABLE: readonly ErrorCode[] = ['timeLimit', 'memoryLimit', 'noRight', 'internal'];

/**
 * What is wrong with the events, the gravest first: each finding says what, where, how often and what to do.
 * Clean data gives none. A check that the server could not finish is told as a finding `notChecked`.
 */
export async function findQualityIssues(request: InspectRequest): Promise<QualityFindings> {
  const findings: Finding[] = [];
  const total = CHECKS.length + 1;
  request.onProgress?.({ phase: 'Reading names and types', done: 0, total });
  const gathered = {
    catalogue: await catalogueEvents(request),
    properties: (await scanProperties({ ...request, onProgress: undefined })).properties,
  };
  for (const [index, check] of CHECKS.entries()) {
    request.onProgress?.({ phase: check.title, done: index + 1, total });
    try {
      findings.push(...(await check.run(request, gathered)));
    } catch (error) {
      if (!(error instanceof WaymarkError) || !BEARABLE.includes(error.code)) throw error;
      findings.push({
        code: 'notChecked',
        severity: 'info',
        text: `${check.title}: not checked. ${error.message}`,
        count: null,
      });
    }
  }
  const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
  return { findings: findings.sort((a, b) => rank(a) - rank(b) || (b.count ?? 0) - (a.count ?? 0)) };
}
