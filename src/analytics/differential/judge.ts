import { parseReport, type Report } from '../../shared/reports/report';
import type { ListedUser } from '../../shared/reports/result';
import type { Answer } from '../reference/evaluate';
import { buildWorld } from '../reference/world';
import { firstDifference } from './compare';
import { marksOf } from './marks';
import type { ReportFile } from './reports';
import type { Stream } from './streams';
import { listen, referenceVoice, type Voice } from './voices';

/** Why a voice is found wrong. */
export interface Verdict {
  readonly voice: string;
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** The list an answer brings along, wherever its kind keeps it. */
export function listIn(answer: Answer): readonly ListedUser[] | undefined {
  if (answer.users !== undefined) return answer.users;
  const { users } = answer.data as { users?: unknown };
  return Array.isArray(users) ? (users as ListedUser[]) : undefined;
}

/** Adds to a report the list behind one of its own marks; which one, `pick` decides. */
export function withSomeMark(file: ReportFile, answer: Answer, pick: number): ReportFile {
  const report = parseReport(file);
  const marks = marksOf(report, answer);
  if (marks.length === 0) return file;
  // Three times in four a mark with somebody behind it.
  const peopled = marks.filter((mark) => mark.figure !== 0);
  const among = pick % 4 !== 0 && peopled.length > 0 ? peopled : marks;
  const mark = among[pick % among.length];
  return mark === undefined ? file : { ...file, users: mark.users };
}

/** The figure a report's list belongs to, when the list counts it. */
function figureOf(report: Report, answer: Answer): number | undefined {
  if (!('users' in report) || report.users === undefined) return undefined;
  const wanted = JSON.stringify(Object.entries(report.users).sort());
  return marksOf(report, answer).find(
    ({ users, figure }) => figure !== undefined && JSON.stringify(Object.entries(users).sort()) === wanted,
  )?.figure;
}

/** Compares what each voice says to a report with what the reference says. Undefined when all agree. */
export async function judge(
  file: ReportFile,
  stream: Stream,
  voices: readonly Voice[],
): Promise<{ verdict: Verdict | undefined; answer: Answer | undefined }> {
  const report = parseReport(file);
  const right = await listen(referenceVoice(buildWorld(stream.stored), stream.now), report);
  const answer = 'answer' in right ? right.answer : undefined;
  if (answer !== undefined) {
    const figure = figureOf(report, answer);
    const rows = listIn(answer)?.length;
    if (figure !== undefined && figure !== rows) {
      return { answer, verdict: { voice: 'reference', path: 'list size', expected: figure, actual: rows } };
    }
  }
  for (const voice of voices) {
    let said: unknown;
    try {
      said = await listen(voice, report);
    } catch (error) {
      const actual = error instanceof Error ? (error.stack ?? error.message) : error;
      return { answer, verdict: { voice: voice.name, path: 'failed', expected: 'an answer', actual } };
    }
    const { answer: spoken, ...refusal } = said as { answer?: Answer };
    const difference =
      answer === undefined ? firstDifference(right, said) : firstDifference(answer, spoken ?? refusal);
    if (difference) return { answer, verdict: { voice: voice.name, ...difference } };
  }
  return { answer, verdict: undefined };
}
