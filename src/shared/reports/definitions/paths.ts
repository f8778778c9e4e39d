import type { ReportOf } from '../report';
import type { DefinitionFacts } from './define';
import { describeEvent, describeFilters, describeSessions, USERS_SENTENCE } from './words';

type PathsReport = ReportOf<'paths'>;

function describeAnchors({ start, end, steps }: PathsReport): string {
  if (start !== undefined && end !== undefined) {
    return `A path begins at the first ${describeEvent(start)} and ends at the first ${describeEvent(end)} after it; paths without both do not count.`;
  }
  if (start !== undefined) {
    return `A path begins at the first ${describeEvent(start)}; paths without it do not count.`;
  }
  if (end !== undefined) {
    return `A path ends at the first ${describeEvent(end)}, which stands at position ${steps}; paths without it do not count.`;
  }
  return 'A path begins with the first event.';
}

/** The rules of a paths report. */
export function definePaths(report: PathsReport, { sessionGapMs }: DefinitionFacts): string[] {
  const bySession = report.unit === 'session';
  const name = report.by === 'event' ? 'event type' : 'page path';
  return [
    `Which ${name}s follow each other, in order of time, for each ${bySession ? 'session' : 'user'}: the first ${report.steps} positions.`,
    bySession
      ? `${describeSessions(sessionGapMs)} All its events count, also after the range's end.`
      : `A user's events in the range count. ${USERS_SENTENCE}`,
    ...describeFilters(report.filters),
    ...(report.hide.length === 0 ? [] : [`Hidden: ${report.hide.map(describeEvent).join(', ')}.`]),
    describeAnchors(report),
    report.collapseRepeats
      ? 'Equal names in a row count once.'
      : 'Equal names in a row stand one after another.',
    `At each position the ${report.topNodes} most frequent names stay, ties by code point; the rest is "(other)". ${
      report.by === 'page' ? 'An event without a page is "(none)". ' : ''
    }${
      report.end === undefined
        ? 'A path that ends before the last position goes on to "(drop-off)".'
        : 'A path is complete at its end event.'
    }`,
  ];
}
