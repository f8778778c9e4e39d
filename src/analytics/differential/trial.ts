import { parseReport, type Report, type ReportKind } from '../../shared/reports/report';
import type { Answer } from '../reference/evaluate';
import { writeCase } from './caseFiles';
import type { Coverage } from './coverage';
import type { StreamDatabase } from './database';
import { judge, withSomeMark, type Verdict } from './judge';
import { minimize, type Case } from './minimize';
import { roundOf } from './plan';
import type { ReportFile } from './reports';
import type { Stream } from './streams';
import { columnsVoice } from './columnsVoice';
import { pipelineVoice, type Voice } from './voices';

/** A voice that does not work out the same report twice; another voice may pass a report on to it. */
function remembering(voice: Voice): Voice {
  const said = new WeakMap<Report, Promise<Answer>>();
  return {
    name: voice.name,
    answer(report) {
      const known = said.get(report) ?? voice.answer(report);
      said.set(report, known);
      return known;
    },
  };
}

/** The voices that are judged against the reference, over a loaded database. A further executor is added here. */
export async function voicesOver(database: StreamDatabase, stream: Stream): Promise<Voice[]> {
  const pipeline = remembering(pipelineVoice(database.source, stream.now));
  return [pipeline, await columnsVoice(database.source, stream.now, pipeline)];
}

/** A case in which a voice is wrong, and why. */
export interface Divergence {
  readonly found: Case;
  readonly verdict: Verdict;
}

/** Judges one report on a stream that is loaded: first without a list, then with the list behind one mark. */
async function judgeFile(
  file: ReportFile,
  pick: number,
  stream: Stream,
  voices: readonly Voice[],
  coverage: Coverage,
): Promise<Divergence | undefined> {
  const plain = await judge(file, stream, voices);
  if (plain.verdict) return { found: { file, stream }, verdict: plain.verdict };
  if (plain.answer === undefined) return undefined;
  coverage.add(parseReport(file), plain.answer);
  const marked = withSomeMark(file, plain.answer, pick);
  if (marked === file) return undefined;
  const listed = await judge(marked, stream, voices);
  if (listed.verdict) return { found: { file: marked, stream }, verdict: listed.verdict };
  coverage.add(parseReport(marked), listed.answer ?? plain.answer);
  return undefined;
}

export interface RoundOptions {
  /** All kinds unless given. */
  readonly kinds?: readonly ReportKind[] | undefined;
  readonly voicesFor?: ((stream: Stream) => Voice[] | Promise<Voice[]>) | undefined;
  /** Asks no further reports once a divergence is found. */
  readonly stopAtFirst?: boolean | undefined;
}

/**
 * Draws the stream of a seed, loads it and judges all its reports, a few side by side. Returns the first
 * divergence of each kind.
 */
export async function tryRound(
  seed: number,
  database: StreamDatabase,
  coverage: Coverage,
  { kinds, voicesFor = (stream) => voicesOver(database, stream), stopAtFirst }: RoundOptions = {},
): Promise<Divergence[]> {
  const { stream, asked } = roundOf(seed, kinds);
  await database.load(stream.stored);
  const voices = await voicesFor(stream);
  const divergences = new Map<unknown, Divergence>();
  const waiting = [...asked];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const found = await judgeFile(next.file, next.pick, stream, voices, coverage);
      const kind = next.file['kind'];
      if (found && !divergences.has(kind)) divergences.set(kind, found);
      if (found && stopAtFirst) waiting.length = 0;
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return [...divergences.values()];
}

/** Judges one case as it stands. */
export async function tryCase(
  { file, stream }: Case,
  database: StreamDatabase,
): Promise<Verdict | undefined> {
  await database.load(stream.stored);
  return (await judge(file, stream, await voicesOver(database, stream))).verdict;
}

/** Makes a divergence as small as it gets, writes it as files and tells in words what differs. */
export async function reportDivergence(
  { found, verdict }: Divergence,
  database: StreamDatabase,
): Promise<string> {
  let last = verdict;
  const smallest = await minimize(found, async (candidate) => {
    const again = await tryCase(candidate, database).catch(() => undefined);
    // What failed to answer must go on failing, what answered wrongly must go on answering.
    const same = again !== undefined && (again.path === 'failed') === (verdict.path === 'failed');
    if (same) last = again;
    return same;
  });
  const { folder, command } = writeCase(smallest, last);
  const show = (value: unknown): string =>
    (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 1_500);
  return [
    `${last.voice} differs at ${last.path}: expected ${show(last.expected)}, got ${show(last.actual)}`,
    `  report: ${JSON.stringify(smallest.file)}`,
    `  ${smallest.stream.stored.events.length} events, files in ${folder}`,
    `  again: ${command}`,
  ].join('\n');
}
