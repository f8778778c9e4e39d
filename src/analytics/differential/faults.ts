import type { ReportKind } from '../../shared/reports/report';

/** One wrong rule, as a change to the source: the judge must notice it. */
export interface Fault {
  readonly rule: string;
  readonly file: string;
  /** Text that must stand in the file, and what it becomes wherever it stands. */
  readonly from: string;
  readonly to: string;
  /** Kinds of report that can show it. */
  readonly kinds: readonly ReportKind[];
}

/** Seeded faults, one wrong rule each, in the kernels and builders and what they stand on. */
export const FAULTS: readonly Fault[] = [
  {
    rule: 'funnel: the window is exclusive',
    file: 'src/analytics/kernels/funnel/plan.ts',
    from: 'return Math.floor(windowSeconds * 1000 + 1e-6);',
    to: 'return Math.floor(windowSeconds * 1000 + 1e-6) - 1;',
    kinds: ['funnel'],
  },
  {
    rule: 'funnel: of one instant only one step is taken',
    file: 'src/analytics/kernels/funnel/instant.ts',
    from: 'if (without < 0 && (events === 1 || !twoInARow)) return 1;',
    to: 'if (without < 0) return 1;',
    kinds: ['funnel'],
  },
  {
    rule: 'funnel: one event fills two steps',
    file: 'src/analytics/kernels/funnel/scanOrdered.ts',
    from: 'const k = 31 - Math.clz32(mask);',
    to: 'const k = 31 - Math.clz32(mask & -mask);',
    kinds: ['funnel'],
  },
  {
    rule: 'funnel: the first attempt counts instead of the best',
    file: 'src/analytics/kernels/funnel/scanOrdered.ts',
    from: "const first = plan.entry === 'first';",
    to: 'const first = true;',
    kinds: ['funnel'],
  },
  {
    rule: 'funnel: an exclusion at the instant of its first step strikes',
    file: 'src/analytics/kernels/funnel/followAttempt.ts',
    from: 'before >= afterStep && after < beforeStep',
    to: 'after >= afterStep && after < beforeStep',
    kinds: ['funnel'],
  },
  {
    rule: 'funnel: an exclusion at the instant of its last step strikes',
    file: 'src/analytics/kernels/funnel/followAttempt.ts',
    from: 'before >= afterStep && after < beforeStep',
    to: 'before >= afterStep && before < beforeStep',
    kinds: ['funnel'],
  },
  {
    rule: 'funnel: an exclusion that stops discards the attempt',
    file: 'src/analytics/kernels/funnel/attemptLists.ts',
    from: "plan.exclusionRule === 'void' && plan.exclusions.length > 0",
    to: 'plan.exclusions.length > 0',
    kinds: ['funnel'],
  },
  {
    rule: 'funnel: with windowPerStep the window still counts from the first step',
    file: 'src/analytics/kernels/funnel/attemptLists.ts',
    from: 'if (plan.windowPerStep) this.collapse(reached, now, t);',
    to: 'if (plan.stepCount < 0) this.collapse(reached, now, t);',
    kinds: ['funnel'],
  },
  {
    rule: 'funnel: strict lets other events lie between',
    file: 'src/analytics/kernels/funnel/attemptLists.ts',
    from: '} else if (this.strict) {',
    to: '} else if (this.strict && this.isVoid) {',
    kinds: ['funnel'],
  },
  {
    rule: 'funnel: any order takes events as they come instead of a maximum matching',
    file: 'src/analytics/kernels/funnel/anyOrder.ts',
    from: 'frontier = masks[step] as number;',
    to: 'frontier = 0;',
    kinds: ['funnel'],
  },
  {
    rule: 'funnel: a window that ends with the data is still open',
    file: 'src/analytics/kernels/funnel/plan.ts',
    from: 'return last > plan.dataThrough;',
    to: 'return last >= plan.dataThrough;',
    kinds: ['funnel'],
  },
  {
    rule: 'funnel: the last step’s value is taken from the first',
    file: 'src/analytics/kernels/funnel/funnelPart.ts',
    from: "if (report.attribution === 'last') return reached;",
    to: "if (report.attribution === 'last') return 1;",
    kinds: ['funnel'],
  },
  {
    rule: 'time: weeks begin on Monday whatever is set',
    file: 'src/shared/time/calendar.ts',
    from: 'weekDayOf(day) - WEEK_DAYS.indexOf(weekStart) + 7',
    to: 'weekDayOf(day) + 7',
    kinds: ['trend', 'retention'],
  },
  {
    rule: 'time: the previous period lies a day too early',
    file: 'src/shared/time/range.ts',
    from: "const back = compare === 'previous' ? days :",
    to: "const back = compare === 'previous' ? days + 1 :",
    kinds: ['kpis', 'trend'],
  },
  {
    rule: 'time: the same weekdays are compared without stepping back whole weeks',
    file: 'src/shared/time/range.ts',
    from: 'Math.ceil(days / 7) * 7',
    to: 'days',
    kinds: ['kpis', 'trend'],
  },
  {
    rule: 'sessions: a pause of exactly the gap starts a new one',
    file: 'src/analytics/kernels/sessions/split.ts',
    from: 'at - current.end > gapMs',
    to: 'at - current.end >= gapMs',
    kinds: ['kpis', 'trend'],
  },
  {
    rule: 'kpis: a single click is a bounce',
    file: 'src/analytics/kernels/sessions/split.ts',
    from: 'session.events === 1 && session.pageViews === 1',
    to: 'session.events === 1',
    kinds: ['kpis'],
  },
  {
    rule: 'kpis: the median is of all sessions',
    file: 'src/analytics/kernels/kpis/figures.ts',
    from: 'if (end > start) longer.push(end - start);',
    to: 'longer.push(end - start);',
    kinds: ['kpis'],
  },
  {
    rule: 'percentiles take the rank below',
    file: 'src/analytics/kernels/numbers.ts',
    from: 'Math.ceil(exact)',
    to: 'Math.floor(exact)',
    kinds: ['trend', 'funnel'],
  },
  {
    rule: 'trend: a user is counted again in each bucket for the total',
    file: 'src/analytics/kernels/trend/uniques.ts',
    from: 'if (lastSeries[unit] !== series) {',
    to: 'if (lastSeries[unit] !== series || series >= 0) {',
    kinds: ['trend'],
  },
  {
    rule: 'time: a bucket that the range cuts is complete',
    file: 'src/shared/time/axis.ts',
    from: 'bucket.start >= range.from && bucket.end <= range.to && ',
    to: '',
    kinds: ['trend', 'funnel'],
  },
  {
    rule: 'identity: anonymous visitors stay apart',
    file: 'src/analytics/identity/identityMap.ts',
    from: 'return this.#canonical.get(id) ?? id;',
    to: 'return id;',
    kinds: ['kpis', 'trend', 'users'],
  },
  {
    rule: 'conditions: a number does not equal its text',
    file: 'src/analytics/filters/conditions.ts',
    from: 'return [value, String(value)];',
    to: 'return [value];',
    kinds: ['kpis', 'trend', 'funnel', 'paths', 'retention', 'users'],
  },
  {
    rule: 'retention: on or after counts only the very period',
    file: 'src/analytics/kernels/retention/retentionTally.ts',
    from: "if (plan.rule === 'on') return",
    to: 'if (plan.periods > 0) return',
    kinds: ['retention'],
  },
  {
    rule: 'retention: first time means the first time in the range',
    file: 'src/analytics/engine/kinds/retention.ts',
    from: 'if (first === matching) starts.set(userId, range.from + first);',
    to: 'if (matching !== Infinity) starts.set(userId, range.from + matching);',
    kinds: ['retention'],
  },
  {
    rule: 'retention: rolling periods follow the calendar',
    file: 'src/analytics/engine/kinds/retention.ts',
    from: 'const follow = report.rolling ? followByOwnStart : followByCalendar;',
    to: 'const follow = followByCalendar;',
    kinds: ['retention'],
  },
  {
    rule: 'paths: the end may be the start event itself',
    file: 'src/analytics/kernels/paths/walk.ts',
    from: '(mark & ENDS) !== 0 && !startedNow',
    to: '(mark & ENDS) !== 0',
    kinds: ['paths'],
  },
  {
    rule: 'paths: a path towards an end is not aligned to the right',
    file: 'src/analytics/kernels/paths/walk.ts',
    from: 'firstPosition: steps - cut.length + 1',
    to: 'firstPosition: 1',
    kinds: ['paths'],
  },
  {
    rule: 'paths: repeats collapse across everything, also when they shall not',
    file: 'src/analytics/kernels/paths/walk.ts',
    from: 'if (!collapseRepeats || name !== last) {',
    to: 'if (name !== last) {',
    kinds: ['paths'],
  },
  {
    rule: 'users: whoever lacks the sorted value stands first',
    file: 'src/analytics/kernels/users/order.ts',
    from: 'return a.key === null ? 1 : -1;',
    to: 'return a.key === null ? -1 : 1;',
    kinds: ['users'],
  },
  {
    rule: 'users: a page begins with the last row of the one before',
    file: 'src/analytics/engine/users/everybody.ts',
    from: 'comparePlaces(place, after, isDescending) > 0',
    to: 'comparePlaces(place, after, isDescending) >= 0',
    kinds: ['users'],
  },
];
