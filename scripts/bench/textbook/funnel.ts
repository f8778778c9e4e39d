import type { Document } from 'mongodb';

/**
 * Funnels as one writes them from the manual: match, sort, push every user's documents, walk over them with
 * `$map` and `$reduce`. They are what Waymark's funnels are measured against; they take ties, repeats and
 * late steps less exactly.
 */
export interface TextbookFunnel {
  readonly steps: readonly string[];
  readonly from: Date;
  readonly to: Date;
  readonly windowMs: number;
}

export const TEXTBOOK_MODES = [
  'ordered',
  'first',
  'perStep',
  'strict',
  'any',
  'stop',
  'void',
  'sessions',
  'breakdown',
] as const;
export type TextbookMode = (typeof TEXTBOOK_MODES)[number];

/** The event type that the exclusion modes exclude between the first and the last step. */
export interface TextbookOptions {
  readonly excluded?: string;
  readonly breakdown?: string;
}

/** The textbook pipeline of a mode; its answer is the number of users by furthest step. */
export function textbookFunnel(
  mode: TextbookMode,
  funnel: TextbookFunnel,
  options: TextbookOptions = {},
): Document[] {
  const excluded = options.excluded ?? '';
  const types = mode === 'stop' || mode === 'void' ? [...funnel.steps, excluded] : funnel.steps;
  const isOfStep = mode === 'strict' ? {} : { eventType: { $in: types } };
  const lastStep = new Date(funnel.to.getTime() + funnel.windowMs);
  const reached = reachedFrom(mode, funnel, excluded);
  const openings = {
    $filter: {
      input: '$events',
      as: 'event',
      cond: {
        $and: [
          mode === 'any' ? true : { $eq: ['$$event.eventType', funnel.steps[0]] },
          { $lt: ['$$event.timestamp', funnel.to] },
        ],
      },
    },
  };
  const starts = mode === 'first' ? { $slice: [openings, 1] } : openings;
  return [
    { $match: { ...isOfStep, timestamp: { $gte: funnel.from, $lt: lastStep } } },
    { $sort: { userId: 1, timestamp: 1 } },
    {
      $group: {
        _id: mode === 'sessions' ? { user: '$userId', session: '$sessionId' } : '$userId',
        events: { $push: '$$ROOT' },
      },
    },
    { $set: { starts } },
    { $match: { 'starts.0': { $exists: true } } },
    { $set: { reached: { $max: { $map: { input: '$starts', as: 'start', in: reached } } } } },
    {
      $group: {
        _id:
          mode === 'breakdown'
            ? { reached: '$reached', value: { $first: `$starts.${options.breakdown ?? 'device'}` } }
            : '$reached',
        users: { $sum: 1 },
      },
    },
  ];
}

/** Steps reached by the attempt that opens at `$$start`. */
function reachedFrom(mode: TextbookMode, { steps, windowMs }: TextbookFunnel, excluded: string): Document {
  const inWindow: Document[] = [
    { $gt: ['$$this.timestamp', '$$start.timestamp'] },
    { $lte: ['$$this.timestamp', { $add: ['$$start.timestamp', windowMs] }] },
  ];
  if (mode === 'any') {
    const inReach = {
      $filter: {
        input: '$events',
        as: 'event',
        cond: {
          $and: [
            { $gte: ['$$event.timestamp', '$$start.timestamp'] },
            { $lte: ['$$event.timestamp', { $add: ['$$start.timestamp', windowMs] }] },
          ],
        },
      },
    };
    return {
      $size: {
        $setIntersection: [[...steps], { $map: { input: inReach, as: 'event', in: '$$event.eventType' } }],
      },
    };
  }
  if (mode === 'ordered' || mode === 'first' || mode === 'sessions' || mode === 'breakdown') {
    return {
      $reduce: {
        input: '$events',
        initialValue: 1,
        in: {
          $cond: [
            { $and: [{ $eq: ['$$this.eventType', { $arrayElemAt: [[...steps], '$$value'] }] }, ...inWindow] },
            { $add: ['$$value', 1] },
            '$$value',
          ],
        },
      },
    };
  }
  const matchesNext = { $eq: ['$$this.eventType', { $arrayElemAt: [[...steps], '$$value.step'] }] };
  const advance = {
    $mergeObjects: ['$$value', { step: { $add: ['$$value.step', 1] }, at: '$$this.timestamp' }],
  };
  const end = { $mergeObjects: ['$$value', { ended: true }] };
  const state = { step: 1, at: '$$start.timestamp', ended: false };
  const walk = (branches: Document[]): Document => ({
    $reduce: {
      input: '$events',
      initialValue: state,
      in: {
        $switch: { branches: [{ case: '$$value.ended', then: '$$value' }, ...branches], default: '$$value' },
      },
    },
  });
  const stepOf = (walked: Document, discard: boolean): Document => ({
    $let: {
      vars: { walked },
      in: discard ? { $cond: ['$$walked.ended', 0, '$$walked.step'] } : '$$walked.step',
    },
  });
  if (mode === 'perStep') {
    const inStepWindow = [
      { $gt: ['$$this.timestamp', '$$value.at'] },
      { $lte: ['$$this.timestamp', { $add: ['$$value.at', windowMs] }] },
    ];
    return stepOf(walk([{ case: { $and: [matchesNext, ...inStepWindow] }, then: advance }]), false);
  }
  if (mode === 'strict') {
    return stepOf(
      walk([
        { case: { $and: [matchesNext, ...inWindow] }, then: advance },
        { case: { $gt: ['$$this.timestamp', '$$start.timestamp'] }, then: end },
      ]),
      false,
    );
  }
  const isBetween = {
    $and: [{ $eq: ['$$this.eventType', excluded] }, { $lt: ['$$value.step', steps.length] }, ...inWindow],
  };
  return stepOf(
    walk([
      { case: isBetween, then: end },
      { case: { $and: [matchesNext, ...inWindow] }, then: advance },
    ]),
    mode === 'void',
  );
}
