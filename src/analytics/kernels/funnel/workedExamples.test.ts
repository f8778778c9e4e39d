import { describe, expect, it } from 'vitest';
import { MINUTE, runExample, type ExampleEvent } from './testing/people';

/** Events at minutes on the clock. */
const at = (...events: readonly ExampleEvent[]): ExampleEvent[] =>
  events.map(([minute, type]) => [minute * MINUTE, type]);

const BUY = ['visit', 'cart', 'pay'] as const;

describe('ordered', () => {
  it('lets other events lie between and takes the earliest later match', () => {
    const events = at([0, 'visit'], [1, 'search'], [2, 'cart'], [3, 'cart'], [4, 'pay']);
    expect(runExample({ steps: BUY }, events)).toMatchObject({
      reached: 3,
      times: [0, 2, 4].map((m) => m * MINUTE),
    });
  });

  it('counts a step exactly at the end of the window and none a millisecond later', () => {
    const window = { steps: ['visit', 'pay'], windowMs: 1000 };
    expect(
      runExample(window, [
        [0, 'visit'],
        [1000, 'pay'],
      ]).reached,
    ).toBe(2);
    expect(
      runExample(window, [
        [0, 'visit'],
        [1001, 'pay'],
      ]),
    ).toMatchObject({ reached: 1, reason: 'windowExceeded' });
  });

  it('needs two events for two identical steps', () => {
    expect(runExample({ steps: ['visit', 'visit'] }, at([0, 'visit'])).reached).toBe(1);
    expect(runExample({ steps: ['visit', 'visit'] }, at([0, 'visit'], [0, 'visit'])).reached).toBe(2);
    expect(runExample({ steps: ['*', 'visit'] }, at([0, 'visit'])).reached).toBe(1);
  });

  it('takes equal instants in the assignment that reaches furthest, whatever the ids', () => {
    expect(runExample({ steps: BUY }, at([0, 'pay'], [0, 'cart'], [0, 'visit']))).toMatchObject({
      reached: 3,
      opening: 2,
    });
    // "visit|cart" could fill either step; only cart last lets both be filled.
    expect(runExample({ steps: ['visit|cart', 'visit'] }, at([0, 'visit'], [0, 'cart'])).reached).toBe(2);
  });

  it('chooses the attempt that gets furthest, among equals the earliest', () => {
    const events = at([0, 'visit'], [100, 'visit'], [110, 'cart']);
    expect(runExample({ steps: BUY }, events)).toMatchObject({ reached: 2, opening: 1 });
    expect(runExample({ steps: BUY, entry: 'first' }, events)).toMatchObject({ reached: 1, opening: 0 });
    const again = at([0, 'visit'], [1, 'pay'], [5, 'visit'], [6, 'pay']);
    expect(runExample({ steps: ['visit', 'pay'] }, again)).toMatchObject({ reached: 2, opening: 0 });
  });

  it('opens only in the range, and follows steps past its end unless told otherwise', () => {
    const events = at([-1, 'visit'], [9, 'visit'], [10, 'pay']);
    const range = { steps: ['visit', 'pay'], to: 10 * MINUTE };
    expect(runExample(range, events)).toMatchObject({ reached: 2, opening: 1 });
    expect(runExample({ ...range, stepsWithinRange: true }, events)).toMatchObject({
      reached: 1,
      reason: 'noNextEvent',
    });
  });

  it('measures a window per step from the step before', () => {
    const events = at([0, 'visit'], [50, 'cart'], [100, 'pay']);
    expect(runExample({ steps: BUY }, events).reached).toBe(2);
    expect(runExample({ steps: BUY, windowPerStep: true }, events).reached).toBe(3);
  });
});

describe('strict', () => {
  it('asks for the very next event of any type', () => {
    const strict = { steps: ['visit', 'pay'], order: 'strict' as const };
    expect(runExample(strict, at([0, 'visit'], [1, 'pay'])).reached).toBe(2);
    expect(runExample(strict, at([0, 'visit'], [1, 'search'], [2, 'pay']))).toMatchObject({
      reached: 1,
      reason: 'noNextEvent',
    });
    expect(runExample(strict, at([0, 'visit'], [90, 'pay'])).reason).toBe('windowExceeded');
  });

  it('looks past unused events of the same instant', () => {
    const strict = { steps: ['visit', 'pay'], order: 'strict' as const };
    expect(runExample(strict, at([0, 'search'], [0, 'visit'], [1, 'pay'])).reached).toBe(2);
  });
});

describe('any order', () => {
  it('reaches step k when the events can first fill k steps together', () => {
    const any = { steps: BUY, order: 'any' as const };
    expect(runExample(any, at([0, 'pay'], [5, 'visit'], [7, 'cart']))).toMatchObject({
      reached: 3,
      times: [0, 5 * MINUTE, 7 * MINUTE],
    });
    expect(runExample(any, at([0, 'pay'], [5, 'pay'])).reached).toBe(1);
  });

  it('matches events to overlapping steps so that most are filled', () => {
    const steps = ['visit|cart', 'visit', 'cart|pay'];
    expect(runExample({ steps, order: 'any' }, at([0, 'visit'], [1, 'cart'], [2, 'cart'])).reached).toBe(3);
  });
});

describe('exclusions', () => {
  const excluded = { steps: BUY, exclusions: [['refund', 1, 3]] as const };

  it('stop: the attempt ends there, the steps before still count', () => {
    const events = at([0, 'visit'], [1, 'cart'], [2, 'refund'], [3, 'pay']);
    expect(runExample(excluded, events)).toMatchObject({ reached: 2, reason: 'exclusion' });
  });

  it('void: the attempt is discarded, its first step included', () => {
    const events = at([0, 'visit'], [1, 'cart'], [2, 'refund'], [3, 'pay']);
    expect(runExample({ ...excluded, exclusionRule: 'void' }, events).reached).toBe(0);
    expect(
      runExample({ ...excluded, exclusionRule: 'void' }, [...events, ...at([4, 'visit'])]),
    ).toMatchObject({
      reached: 1,
      opening: 4,
    });
  });

  it('only strictly between the instants of both steps', () => {
    expect(runExample(excluded, at([0, 'visit'], [0, 'refund'], [1, 'cart'], [3, 'pay'])).reached).toBe(3);
    expect(runExample(excluded, at([0, 'visit'], [1, 'cart'], [3, 'pay'], [3, 'refund'])).reached).toBe(3);
  });

  it('also by an event that fills a step in between', () => {
    const steps = { steps: BUY, exclusions: [['cart', 1, 3]] as const };
    expect(runExample(steps, at([0, 'visit'], [1, 'cart'], [2, 'pay']))).toMatchObject({
      reached: 2,
      reason: 'exclusion',
    });
  });
});

describe('undecided', () => {
  it('as long as some attempt could still reach the next step after the data ends', () => {
    const events = at([0, 'visit'], [30, 'visit']);
    const until = (minute: number) => runExample({ steps: BUY, dataThrough: minute * MINUTE }, events);
    expect(until(89)).toMatchObject({ reached: 1, opening: 0, open: true, reason: 'undecided' });
    expect(until(90)).toMatchObject({ reached: 1, open: false, reason: 'noNextEvent' });
  });
});

describe('hard cases stay fast', { timeout: 120_000 }, () => {
  const twenty = Array.from({ length: 20 }, () => 'visit');
  const timed = (run: () => number): { reached: number; ms: number } => {
    const startedAt = Date.now();
    const reached = run();
    return { reached, ms: Date.now() - startedAt };
  };
  const orders = ['ordered', 'strict', 'any'] as const;

  it.each(orders)('a million events, 20 identical steps, %s', (order) => {
    const events = Array.from({ length: 1_000_000 }, (_, index): ExampleEvent => [index * 300_000, 'visit']);
    const plan = { steps: twenty, order, to: Infinity, dataThrough: Infinity };
    // One event every five minutes puts 13 into an hour, so no attempt completes.
    const { reached, ms } = timed(() => runExample(plan, events).reached);
    expect(reached).toBe(13);
    expect(ms).toBeLessThan(30_000);
  });

  it.each(orders)('a thousand events in one millisecond, 20 overlapping steps, %s', (order) => {
    const events = Array.from({ length: 1_000 }, (_, index): ExampleEvent => [5, `e${index % 40}`]);
    const steps = twenty.map((_, step) => `e${step}|e${step + 1}`);
    const { reached, ms } = timed(() => runExample({ steps, order }, events).reached);
    expect(reached).toBe(20);
    expect(ms).toBeLessThan(10_000);
  });

  it.each(['stop', 'void'] as const)('a million events with exclusions, %s', (exclusionRule) => {
    const events = Array.from({ length: 1_000_000 }, (_, index): ExampleEvent => [
      index * 10,
      index % 1000 === 999 ? 'refund' : index % 2 === 0 ? 'visit' : 'cart',
    ]);
    const plan = { steps: BUY, exclusions: [['refund', 1, 3]] as const, exclusionRule, to: Infinity };
    const { reached, ms } = timed(() => runExample(plan, events).reached);
    // Every attempt meets a refund within its hour, the last ones at the very end.
    expect(reached).toBe(exclusionRule === 'stop' ? 2 : 0);
    expect(ms).toBeLessThan(30_000);
  });
});
