import { eventLabel } from '../eventLabel';
import type { ReportOf } from '../report';
import type { DefinitionFacts } from './define';
import { describeEvent, describeFilters, INTERVAL_WORDS, USERS_SENTENCE } from './words';

type FunnelReport = ReportOf<'funnel'>;

/** A duration in the largest unit that divides it. */
function describeDuration(seconds: number): string {
  const units = [
    { name: 'day', length: 86_400 },
    { name: 'hour', length: 3_600 },
    { name: 'minute', length: 60 },
  ];
  const unit = units.find(({ length }) => seconds % length === 0) ?? { name: 'second', length: 1 };
  const count = seconds / unit.length;
  return `${count} ${unit.name}${count === 1 ? '' : 's'}`;
}

function describeSteps(report: FunnelReport): string {
  const steps = report.steps.map((step, index) => `${index + 1}. ${describeEvent(step)}`);
  return `Steps: ${steps.join('; ')}.`;
}

function describeOrder(report: FunnelReport): string {
  const unit = report.countBy === 'users' ? 'user' : 'session';
  switch (report.order) {
    case 'ordered':
      return 'The steps come in this order; other events may lie between. Each step takes the earliest later event that matches it.';
    case 'strict':
      return `The steps come in this order, and each is the ${unit}'s very next event of any type.`;
    case 'any':
      return 'The steps come in any order: step k is reached when the events since the opening one can first fill k steps, each filling one. Any event that matches a step opens an attempt.';
  }
}

function describeWindow(report: FunnelReport): string {
  const window = describeDuration(report.windowSeconds);
  const since = report.windowPerStep ? 'the step before it' : "the attempt's first event";
  const edge = report.stepsWithinRange
    ? 'Events after the range do not count.'
    : 'The first event lies in the range; later steps may fall after its end.';
  return `A step counts up to and including ${window} after ${since}. ${edge}`;
}

function describeEntry(report: FunnelReport): string {
  const opening = report.order === 'any' ? 'matching event' : 'step-1 event';
  if (report.entry === 'first') return `Only the first ${opening} in the range opens an attempt.`;
  return `Every ${opening} in the range opens an attempt; the one that gets furthest counts, among equals the earliest.`;
}

function describeExclusions(report: FunnelReport): string[] {
  if (report.exclusions.length === 0) return [];
  const listed = report.exclusions.map(
    ({ event, afterStep, beforeStep }) =>
      `${describeEvent(event)} between steps ${afterStep} and ${beforeStep}`,
  );
  const rule =
    report.exclusionRule === 'stop'
      ? 'the attempt ends there and the steps before still count'
      : 'the attempt is discarded, its first step included';
  return [`Excluded: ${listed.join('; ')} (strictly between their instants): ${rule}.`];
}

function describeBreakdown(report: FunnelReport): string[] {
  if (report.breakdown === undefined) return [];
  const step = report.attribution.startsWith('step:') ? report.attribution.slice('step:'.length) : undefined;
  const where =
    report.order === 'any'
      ? "the attempt's first event"
      : step !== undefined
        ? `step ${step}; those that did not reach it are left out of the breakdown`
        : report.attribution === 'last'
          ? 'the last step reached'
          : 'step 1';
  return [
    `Broken down by ${report.breakdown} on ${where}. The ${report.limit} values with the most entrants stand alone, ties by code point; the rest is counted anew as "(other)", a missing value is "(none)".`,
  ];
}

/** The rules of a funnel. */
export function defineFunnel(report: FunnelReport, { sessionGapMs }: DefinitionFacts): string[] {
  const { range } = report;
  const bySession = report.countBy === 'sessions';
  const units = bySession ? 'sessions' : 'users';
  const last = report.steps[report.steps.length - 1];
  const weeks =
    report.interval === 'week' || report.interval === 'hourOfWeek'
      ? `; weeks start on ${range.weekStart}`
      : '';
  return [
    `How many ${units} went from ${eventLabel(report.steps[0] ?? '*')} to ${eventLabel(last ?? '*')}.`,
    describeSteps(report),
    describeOrder(report),
    describeWindow(report),
    describeEntry(report),
    'One event fills at most one step. Events of the same millisecond are taken in the assignment that gets furthest.',
    ...describeExclusions(report),
    ...describeFilters(report.filters),
    bySession
      ? `Each session counts once; an attempt does not leave its session. A session is the client's session id; events of a user without one form sessions that end with a gap of more than ${Math.round(sessionGapMs / 6_000) / 10} minutes.`
      : USERS_SENTENCE,
    `Undecided: ${units} that could still reach the step after the newest event. Dropped: those that can't.`,
    'Times are those of the chosen attempt; median and 90th percentile are exact (nearest rank).',
    ...describeBreakdown(report),
    `The trend counts ${units} in the bucket of their attempt's first event, the timeline every event of a step; buckets are ${INTERVAL_WORDS[report.interval]} in ${range.timezone}${weeks}.`,
  ];
}
