/** The demo without a person: looks at the real window and holds what it shows against the command line. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { kpisDataSchema, type KpisData } from '../../src/shared/reports/result.ts';
import { compareFigures, figuresAsCsv, figuresOf, type Figure } from './figures.ts';
import type { LiveTraffic } from './liveTraffic.ts';
import { readOverview } from './readOverview.ts';

const DAY_MS = 24 * 60 * 60_000;
const LIVE_WITHIN_MS = 30_000;

export interface SmokeOptions {
  readonly uri: string;
  readonly database: string;
  /** Electron's executable and the app's folder. */
  readonly electron: string;
  readonly root: string;
  readonly traffic: LiveTraffic;
  readonly out: string;
  readonly say: (line: string) => void;
}

/**
 * Waits for live events to arrive in the database, then for the window to show the Overview of a closed range, and
 * compares every figure with the command line's. Writes overview.png, overview.csv and kpis.json.
 * @returns 0 when all of it is as it must be, else 1
 */
export async function runSmoke(options: SmokeOptions): Promise<number> {
  const { uri, database, traffic, out, say } = options;
  await mkdir(out, { recursive: true });
  const startedAt = Date.now();
  const liveEvents = await waitForLiveEvents(uri, database, startedAt);
  say(`live events arrive: ${liveEvents} stored so far`);
  await traffic.stop(); // nothing may change while two programs look

  const scratch = await mkdtemp(path.join(tmpdir(), 'waymark-smoke-'));
  try {
    const reportFile = path.join(scratch, 'overview.report.json');
    await writeFile(reportFile, JSON.stringify(closedRangeReport(startedAt), null, 2));
    const before = await askCommandLine(options, reportFile);
    const shown = await readOverview({
      ...options,
      reportFile,
      userDataFolder: path.join(scratch, 'app'),
      screenshot: path.join(out, 'overview.png'),
    });
    const after = await askCommandLine(options, reportFile);
    await writeFile(path.join(out, 'kpis.json'), after.text);
    await writeFile(path.join(out, 'overview.csv'), figuresAsCsv(shown));
    say(`wrote overview.png, overview.csv and kpis.json to ${path.relative(process.cwd(), out) || out}`);
    return judge(figuresOf(before.data), shown, figuresOf(after.data), say);
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Thirty whole days that ended the day before yesterday: nothing that still happens can change them. */
function closedRangeReport(now: number) {
  const date = (daysAgo: number): string => new Date(now - daysAgo * DAY_MS).toISOString().slice(0, 10);
  return {
    version: 1,
    title: 'Overview',
    kind: 'kpis',
    range: { from: date(31), to: date(2), timezone: 'Europe/Berlin' },
    compare: 'previous',
  };
}

async function waitForLiveEvents(uri: string, database: string, since: number): Promise<number> {
  const client = await MongoClient.connect(uri);
  try {
    const events = client.db(database).collection('events');
    for (const deadline = Date.now() + LIVE_WITHIN_MS; Date.now() < deadline;) {
      const count = await events.countDocuments({ timestamp: { $gte: new Date(since) } });
      if (count > 0) return count;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`No live event reached the database within ${LIVE_WITHIN_MS / 1000} s.`);
  } finally {
    await client.close();
  }
}

async function askCommandLine(
  { uri, database, root }: SmokeOptions,
  reportFile: string,
): Promise<{ text: string; data: KpisData }> {
  const args = [path.join(root, 'src/cli/bin.mjs'), 'run', reportFile, '--uri', uri, '--db', database];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, '--format', 'json']);
  const result: unknown = JSON.parse(stdout);
  const data = typeof result === 'object' && result !== null && 'data' in result ? result.data : undefined;
  return { text: stdout, data: kpisDataSchema.parse(data) };
}

/** Prints the figures and says what does not agree. */
function judge(
  before: readonly Figure[],
  shown: readonly Figure[],
  after: readonly Figure[],
  say: (line: string) => void,
): number {
  for (const { kpi, value, previous } of shown)
    console.log(`${kpi.padEnd(22)} ${value.padStart(20)}  before: ${previous}`);
  const problems = [
    ...compareFigures(['window', shown], ['command line', after]),
    ...compareFigures(['command line at first', before], ['command line later', after]),
    ...(Number(after.find(({ kpi }) => kpi === 'events')?.value) > 0
      ? []
      : ['there are no events in the range']),
  ];
  if (problems.length === 0) {
    say('window and command line agree to the last digit');
    return 0;
  }
  for (const problem of problems) say(`different: ${problem}`);
  return 1;
}
