import type { ReportEvent } from '../../shared/reports/filters';
import type { ReportOf } from '../../shared/reports/report';
import type { FunnelData, FunnelStepResult, ListedUser, Spread } from '../../shared/reports/result';
import { nearestRank, reported, share } from './amounts';
import { allAttempts, chooseAttempt, type Attempt, type FunnelRules } from './attempt';
import { slotsOf } from './buckets';
import { byCodePoint } from './codePoints';
import { groupText, isEvent } from './conditions';
import { ask, inRange, matchingEvents, sortList, type Asked } from './request';
import type { World, WorldEvent, WorldSession } from './world';

type Funnel = ReportOf<'funnel'>;

/** A user (or session) with the attempt that counts. */
interface Entrant {
  readonly user: string;
  readonly session?: WorldSession;
  readonly chosen: Attempt;
  /** Whether any attempt could still get further. */
  readonly undecided: boolean;
}

/** What a step is called when it has no label. */
function labelOf(event: ReportEvent): string {
  if (typeof event === 'string') return event === '*' ? 'any event' : event;
  if (event.label !== undefined) return event.label;
  return 'anyOf' in event ? event.anyOf.map(labelOf).join(' or ') : labelOf(event.event);
}

function rulesOf(report: Funnel, asked: Asked): FunnelRules {
  return {
    steps: report.steps.length,
    matches: (step, event) => {
      const wanted = report.steps[step - 1];
      return wanted !== undefined && isEvent(wanted, event, asked);
    },
    order: report.order,
    windowMs: Math.floor(report.windowSeconds * 1000 + 1e-6),
    windowPerStep: report.windowPerStep,
    exclusions: report.exclusions.map(({ event: excluded, afterStep, beforeStep }) => ({
      matches: (event) => isEvent(excluded, event, asked),
      afterStep,
      beforeStep,
    })),
    exclusionRule: report.exclusionRule,
    mayOpen: (at) => inRange(asked, at),
  };
}

/** The units whose events are looked at: each user's, or each session's. */
function unitsOf(
  report: Funnel,
  asked: Asked,
): { user: string; session?: WorldSession; events: WorldEvent[] }[] {
  const matching = matchingEvents(asked).filter(
    (event) => !report.stepsWithinRange || event.at < asked.range.to,
  );
  if (report.countBy === 'sessions') {
    return asked.world.sessions.map((session) => ({
      user: session.user,
      session,
      events: matching.filter((event) => session.events.includes(event)),
    }));
  }
  return [...asked.world.eventsOf.keys()].map((user) => ({
    user,
    events: matching.filter((event) => event.user === user),
  }));
}

/** Whether an attempt could still reach its next step in data that is not there yet. */
function isOpen(attempt: Attempt, report: Funnel, asked: Asked, session: WorldSession | undefined): boolean {
  if (attempt.end !== 'waiting' || asked.dataThrough === undefined) return false;
  const last = report.stepsWithinRange ? asked.range.to - 1 : Infinity;
  const sessionEnds = session?.derived ? session.end + asked.world.gapMs : Infinity;
  return Math.min(attempt.deadline, last, sessionEnds) > asked.dataThrough;
}

function entrantsOf(report: Funnel, asked: Asked): Entrant[] {
  const rules = rulesOf(report, asked);
  return unitsOf(report, asked).flatMap(({ user, session, events }) => {
    const attempts = allAttempts(rules, events, report.entry);
    const chosen = chooseAttempt(attempts);
    if (chosen === undefined) return [];
    const undecided =
      chosen.end !== 'complete' && attempts.some((attempt) => isOpen(attempt, report, asked, session));
    return [{ user, ...(session ? { session } : {}), chosen, undecided }];
  });
}

function spreadOf(durationsMs: readonly number[]): Spread {
  if (durationsMs.length === 0) return { median: null, mean: null, p90: null };
  const sum = durationsMs.reduce((total, duration) => total + duration, 0);
  return {
    median: (nearestRank(durationsMs, 0.5) ?? 0) / 1000,
    mean: reported(sum / durationsMs.length / 1000),
    p90: (nearestRank(durationsMs, 0.9) ?? 0) / 1000,
  };
}

function stepsOf(report: Funnel, entrants: readonly Entrant[]): FunnelStepResult[] {
  const timeAt = (entrant: Entrant, step: number): number => entrant.chosen.reached[step - 1]?.at ?? 0;
  return report.steps.map((event, index) => {
    const step = index + 1;
    const reached = entrants.filter(({ chosen }) => chosen.reached.length >= step);
    const stuck = entrants.filter(({ chosen }) => step > 1 && chosen.reached.length === step - 1);
    const undecided = stuck.filter((entrant) => entrant.undecided).length;
    const before = entrants.filter(({ chosen }) => chosen.reached.length >= Math.max(1, step - 1));
    const timed = step === 1 ? [] : reached;
    return {
      label: labelOf(event),
      count: reached.length,
      ofFirst: share(reached.length, entrants.length),
      ofPrevious: share(reached.length, before.length),
      dropped: stuck.length - undecided,
      undecided,
      secondsFromPrevious: spreadOf(timed.map((one) => timeAt(one, step) - timeAt(one, step - 1))),
      secondsFromFirst: spreadOf(timed.map((one) => timeAt(one, step) - timeAt(one, 1))),
    };
  });
}

const SECOND = 1000;
const DAY = 86_400 * SECOND;

/** The widths a bin of the histogram may have, ascending (ms). */
function* binWidths(): Generator<number> {
  for (const seconds of [1, 2, 5, 10, 15, 30]) yield seconds * SECOND;
  for (const minutes of [1, 2, 5, 10, 15, 30]) yield minutes * 60 * SECOND;
  for (const hours of [1, 2, 3, 6, 12]) yield hours * 3600 * SECOND;
  for (let ten = 1; ; ten *= 10) for (const days of [1, 2, 5]) yield days * ten * DAY;
}

function histogramOf(durationsMs: readonly number[]): FunnelData['timeToConvert'] {
  if (durationsMs.length === 0) return [];
  const longest = Math.max(...durationsMs);
  for (const width of binWidths()) {
    const bins = Math.floor(longest / width) + 1;
    if (bins > 24) continue;
    return Array.from({ length: bins }, (_, bin) => ({
      fromSeconds: (bin * width) / 1000,
      toSeconds: ((bin + 1) * width) / 1000,
      users: durationsMs.filter((ms) => ms >= bin * width && ms < (bin + 1) * width).length,
    }));
  }
  return [];
}

/** The event whose value an entrant is grouped by; undefined when it is left out of the breakdown. */
function attributedEvent(report: Funnel, { chosen }: Entrant): WorldEvent | undefined {
  if (report.attribution === 'first') return chosen.opening;
  if (report.attribution === 'last') return chosen.reached[chosen.reached.length - 1]?.event;
  return chosen.reached[Number(report.attribution.slice('step:'.length)) - 1]?.event;
}

interface Group {
  readonly value: string;
  readonly entrants: readonly Entrant[];
}

function groupsOf(report: Funnel, entrants: readonly Entrant[], world: World): Group[] {
  const field = report.breakdown;
  if (field === undefined) return [];
  const valued = entrants.flatMap((entrant) => {
    const event = attributedEvent(report, entrant);
    return event === undefined ? [] : [{ entrant, value: groupText(field, event, world) }];
  });
  const ofValues = (values: readonly string[]): Entrant[] =>
    valued.filter(({ value }) => values.includes(value)).map(({ entrant }) => entrant);
  const ranked = [...new Set(valued.map(({ value }) => value))].sort(
    (a, b) => ofValues([b]).length - ofValues([a]).length || byCodePoint(a, b),
  );
  const groups = ranked.slice(0, report.limit).map((value) => ({ value, entrants: ofValues([value]) }));
  const rest = ranked.slice(report.limit);
  return rest.length === 0 ? groups : [...groups, { value: '(other)', entrants: ofValues(rest) }];
}

function reasonOf(entrant: Entrant): ListedUser['reason'] {
  if (entrant.undecided) return 'undecided';
  if (entrant.chosen.end === 'exclusion') return 'exclusion';
  return entrant.chosen.cameTooLate ? 'windowExceeded' : 'noNextEvent';
}

function listOf(report: Funnel, entrants: readonly Entrant[], groups: readonly Group[]): ListedUser[] {
  if (report.users === undefined) return [];
  const { step, outcome, value } = report.users;
  const among =
    value === undefined ? entrants : (groups.find((group) => group.value === value)?.entrants ?? []);
  const behind = among.filter(({ chosen, undecided }) => {
    const far = chosen.reached.length;
    if (outcome === 'reached') return far >= step;
    if (outcome === 'converted') return far === report.steps.length;
    return far === step - 1 && undecided === (outcome === 'undecided');
  });
  return sortList(
    behind.map((entrant) => ({
      userId: entrant.user,
      ...(entrant.session ? { sessionId: entrant.session.id } : {}),
      reachedStep: entrant.chosen.reached.length,
      ...(entrant.chosen.end === 'complete' ? {} : { reason: reasonOf(entrant) }),
    })),
  );
}

/** Who goes through the steps, where the others stop, and why. */
export function evaluateFunnel(report: Funnel, world: World, now: number): { data: FunnelData } {
  const asked = ask(report, world, now);
  const entrants = entrantsOf(report, asked);
  const groups = groupsOf(report, entrants, world);
  const converted = entrants.filter(({ chosen }) => chosen.end === 'complete');
  const slots = slotsOf(asked.range, report.interval, asked.dataThrough);
  const matching = matchingEvents(asked).filter((event) => inRange(asked, event.at));
  const data: FunnelData = {
    steps: stepsOf(report, entrants),
    entrants: entrants.length,
    converted: converted.length,
    timeToConvert: histogramOf(
      converted.map(({ chosen }) => (chosen.reached[chosen.reached.length - 1]?.at ?? 0) - chosen.opening.at),
    ),
    ...(report.breakdown === undefined
      ? {}
      : {
          breakdown: groups.map((group) => ({ value: group.value, steps: stepsOf(report, group.entrants) })),
        }),
    trend: slots.map((slot) => {
      const own = entrants.filter(({ chosen }) => slot.holds(chosen.opening.at));
      return {
        at: new Date(slot.at).toISOString(),
        entrants: own.length,
        converted: own.filter(({ chosen }) => chosen.end === 'complete').length,
        complete: slot.complete && own.every((entrant) => !entrant.undecided),
      };
    }),
    timeline: slots.map((slot) => ({
      at: new Date(slot.at).toISOString(),
      counts: report.steps.map(
        (step) => matching.filter((event) => slot.holds(event.at) && isEvent(step, event, asked)).length,
      ),
    })),
  };
  return { data: report.users ? { ...data, users: listOf(report, entrants, groups) } : data };
}
