import { create } from 'zustand';
import type { Filter, ReportEvent } from '../../../shared/reports/filters';
import type { ReportInput, ReportOf } from '../../../shared/reports/report';
import type { ReportBase } from '../../state/useReportBase';
import { FUNNELS } from '../../text/funnels';

/** One step as it is built: event types that count as one, with conditions that all of them must meet. */
export interface StepDraft {
  readonly id: string;
  readonly events: readonly string[];
  readonly where: readonly Filter[];
  readonly label?: string;
  /** A step of an opened report that events and common conditions can't say; kept as it is until it is edited. */
  readonly whole?: ReportEvent;
}

export interface ExclusionDraft {
  readonly event: ReportEvent;
  readonly afterStep: number;
  readonly beforeStep: number;
}

/** A funnel as it is built; it becomes a report as soon as it has two steps. */
export interface FunnelDraft {
  readonly steps: readonly StepDraft[];
  readonly order: 'ordered' | 'strict' | 'any';
  readonly windowSeconds: number;
  readonly windowPerStep: boolean;
  readonly entry: 'best' | 'first';
  readonly stepsWithinRange: boolean;
  readonly exclusions: readonly ExclusionDraft[];
  readonly exclusionRule: 'stop' | 'void';
  readonly countBy: 'users' | 'sessions';
  readonly breakdown: string;
  readonly attribution: ReportOf<'funnel'>['attribution'];
  /** Values of the breakdown that stand for themselves. */
  readonly limit: number;
  /** Buckets of the trend; by the range's length unless an opened report says. */
  readonly interval: ReportOf<'funnel'>['interval'] | 'auto';
  readonly compare: string;
}

export const EMPTY_FUNNEL: FunnelDraft = {
  steps: [],
  order: 'ordered',
  windowSeconds: 604_800,
  windowPerStep: false,
  entry: 'best',
  stepsWithinRange: false,
  exclusions: [],
  exclusionRule: 'stop',
  countBy: 'users',
  breakdown: '',
  attribution: 'first',
  limit: 8,
  interval: 'auto',
  compare: 'none',
};

export const useFunnelDraft = create<{ readonly draft: FunnelDraft }>(() => ({ draft: EMPTY_FUNNEL }));

/** Changes the funnel being built. */
export function changeFunnel(change: Partial<FunnelDraft>): void {
  useFunnelDraft.setState(({ draft }) => ({ draft: { ...draft, ...change } }));
}

let ids = 0;
export const newStep = (event: string): StepDraft => ({
  id: `step-${(ids += 1)}`,
  events: [event],
  where: [],
});

/** The event a step stands for in a report. */
export function stepEvent({ events, where, label, whole }: StepDraft): ReportEvent {
  if (whole !== undefined) return whole;
  const one = (event: string): ReportEvent => (where.length === 0 ? event : { event, where: [...where] });
  const named = label === undefined || label === '' ? {} : { label };
  const [first = '*'] = events;
  if (events.length > 1) return { anyOf: events.map(one), ...named };
  return where.length === 0 && label === undefined
    ? first
    : { event: first, ...(where.length ? { where: [...where] } : {}), ...named };
}

/** At which step the breakdown's value is read, where that step exists and the order allows it. */
function attributionOf({
  attribution,
  order,
  steps,
}: FunnelDraft): Pick<Partial<FunnelDraft>, 'attribution'> {
  const step = Number(/^step:(\d+)$/.exec(attribution)?.[1] ?? 1);
  return attribution === 'first' || order === 'any' || step > steps.length ? {} : { attribution };
}

/** The report of a funnel; undefined while it has fewer than two steps. */
export function funnelReport(
  draft: FunnelDraft,
  base: ReportBase,
  interval: 'hour' | 'day' | 'week' | 'month',
  title: string = FUNNELS.funnel,
): (ReportInput & { kind: 'funnel' }) | undefined {
  if (draft.steps.length < 2) return undefined;
  const exclusions = draft.exclusions.filter(
    ({ event, afterStep, beforeStep }) =>
      event !== '' && afterStep < beforeStep && beforeStep <= draft.steps.length,
  );
  const any = draft.order === 'any';
  return {
    ...base,
    kind: 'funnel',
    title,
    steps: draft.steps.map(stepEvent),
    order: draft.order,
    windowSeconds: draft.windowSeconds,
    windowPerStep: draft.windowPerStep && !any,
    entry: draft.entry,
    stepsWithinRange: draft.stepsWithinRange,
    exclusions,
    exclusionRule: draft.exclusionRule,
    countBy: draft.countBy,
    interval: draft.interval === 'auto' ? interval : draft.interval,
    ...(draft.breakdown === ''
      ? {}
      : {
          breakdown: draft.breakdown,
          limit: draft.limit,
          ...attributionOf(draft),
        }),
  };
}

function readStep(event: ReportEvent): StepDraft {
  if (typeof event === 'string') return newStep(event);
  const label = event.label === undefined ? {} : { label: event.label };
  if ('anyOf' in event) {
    const parts = event.anyOf.map(readStep);
    return {
      ...newStep(''),
      events: parts.flatMap((part) => part.events),
      where: parts[0]?.where ?? [],
      ...label,
    };
  }
  return { ...newStep(event.event), where: event.where ?? [], ...label };
}

/** The step that says what an event of a report says; as a whole where the builder has no other way. */
function draftStep(event: ReportEvent): StepDraft {
  const step = readStep(event);
  return JSON.stringify(stepEvent(step)) === JSON.stringify(event) ? step : { ...step, whole: event };
}

/** A step as it is edited: what it was as a whole no longer holds. */
export const editStep = (step: StepDraft, change: Partial<StepDraft>): StepDraft => ({
  id: step.id,
  events: step.events,
  where: step.where,
  ...(step.label === undefined ? {} : { label: step.label }),
  ...change,
});

/** The draft that builds a report again, for one opened from a file. */
export function draftOfReport(report: ReportOf<'funnel'>): FunnelDraft {
  return {
    ...EMPTY_FUNNEL,
    steps: report.steps.map(draftStep),
    order: report.order,
    windowSeconds: report.windowSeconds,
    windowPerStep: report.windowPerStep,
    entry: report.entry,
    stepsWithinRange: report.stepsWithinRange,
    exclusions: report.exclusions,
    exclusionRule: report.exclusionRule,
    countBy: report.countBy,
    breakdown: report.breakdown ?? '',
    attribution: report.attribution,
    limit: report.limit,
    interval: report.interval,
  };
}

/** A list with one entry moved. */
export function moveEntry<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [entry] = next.splice(from, 1);
  if (entry !== undefined) next.splice(Math.max(0, Math.min(next.length, to)), 0, entry);
  return next;
}
