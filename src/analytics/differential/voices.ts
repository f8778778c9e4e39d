import { WaymarkError } from '../../shared/errors';
import type { Report } from '../../shared/reports/report';
import type { AnyResult, JourneyData, UsersData } from '../../shared/reports/result';
import type { Reading } from '../engine/context';
import { runReport } from '../engine/runReport';
import { evaluate, type Answer } from '../reference/evaluate';
import type { World } from '../reference/world';
import type { Source } from '../source/source';

/** One way of answering reports; every voice must say the same. */
export interface Voice {
  readonly name: string;
  answer(report: Report): Promise<Answer>;
}

/** The reference, over everything stored. `now` in ms. */
export function referenceVoice(world: World, now: number): Voice {
  return {
    name: 'reference',
    answer: (report) => Promise.resolve().then(() => evaluate(report, world, now)),
  };
}

/** Whatever runs reports as a voice. Paged kinds are read page by page to the end. */
export function pagedVoice(name: string, run: (report: Report) => Promise<AnyResult>): Voice {
  const ask = async (report: Report): Promise<Answer> => {
    const { data, users } = await run(report);
    return users === undefined ? { data } : { data, users };
  };
  return {
    name,
    async answer(report) {
      if (report.kind === 'users') return readUserPages(report, ask);
      if (report.kind === 'journey') return readJourneyPages(report, ask);
      return ask(report);
    },
  };
}

/** Every way of reading that large data meets, so that the small streams meet it too. */
const READINGS: readonly Partial<Reading>[] = [
  { slicedFrom: 0, quickPageFrom: 0 },
  {},
  { isPacked: false, quickPageFrom: 0 },
  { slicedFrom: 0, isPacked: false },
];

/** A page found quickly estimates the total; read to the end, the pages tell it exactly. */
function withExactTotal(answer: Answer): Answer {
  const data = answer.data as Partial<UsersData>;
  if (data.total === undefined || data.total.exact || data.users === undefined) return answer;
  return { ...answer, data: { ...data, total: { count: data.users.length, exact: true } } as UsersData };
}

/** The pipelines over a database, reading each time another way. `now` in ms. */
export function pipelineVoice(source: Source, now: number, run: typeof runReport = runReport): Voice {
  let asked = 0;
  const voice = pagedVoice('pipeline', (report) => {
    const reading = READINGS[asked % READINGS.length] ?? {};
    asked += 1;
    return run({ report, source, now, engine: 'pipeline', reading });
  });
  return { ...voice, answer: async (report) => withExactTotal(await voice.answer(report)) };
}

const MOST_PAGES = 500;
/** A stream has a dozen people at most, so more pages of one each go round in a circle. */
const MOST_USER_PAGES = 40;

function pageTooLong(rows: number, limit: number): never {
  throw new Error(`A page holds ${rows} rows where at most ${limit} were asked for.`);
}

async function readUserPages(
  report: Extract<Report, { kind: 'users' }>,
  ask: (report: Report) => Promise<Answer>,
): Promise<Answer> {
  const first = (await ask(report)).data as UsersData;
  const users = [...first.users];
  let { next } = first;
  for (let page = 0; next !== null && page < MOST_USER_PAGES; page += 1) {
    const data = (await ask({ ...report, after: next })).data as UsersData;
    if (data.users.length > report.limit) pageTooLong(data.users.length, report.limit);
    users.push(...data.users);
    next = data.next;
  }
  if (first.users.length > report.limit) pageTooLong(first.users.length, report.limit);
  return { data: { ...first, users, next } };
}

async function readJourneyPages(
  report: Extract<Report, { kind: 'journey' }>,
  ask: (report: Report) => Promise<Answer>,
): Promise<Answer> {
  const first = (await ask(report)).data as JourneyData;
  const sessions = [...first.sessions];
  let { next } = first;
  for (let page = 0; next !== null && page < MOST_PAGES; page += 1) {
    const data = (await ask({ ...report, after: next })).data as JourneyData;
    if (data.sessions.length > report.limit) pageTooLong(data.sessions.length, report.limit);
    sessions.push(...data.sessions);
    next = data.next;
  }
  if (first.sessions.length > report.limit) pageTooLong(first.sessions.length, report.limit);
  return { data: { ...first, sessions, next } };
}

/** What a voice says: an answer, or a refusal by its code and path. */
export type Said =
  { readonly answer: Answer } | { readonly refused: string; readonly path: string | undefined };

/** Listens to a voice; a refusal of the report is something said, any other failure is thrown on. */
export async function listen(voice: Voice, report: Report): Promise<Said> {
  try {
    return { answer: await voice.answer(report) };
  } catch (error) {
    if (error instanceof WaymarkError && error.code === 'badReport') {
      return { refused: error.code, path: error.path };
    }
    throw error;
  }
}
