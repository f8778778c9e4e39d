/** The real window on a million events: what a person waits for, and what it costs in memory. */
import { MongoClient } from 'mongodb';
import type { Page } from 'playwright';
import { runCli } from '../../../src/cli/testing/runCli.ts';
import { launchApp, waitUntilOpen, type RunningApp } from '../../../src/e2e/harness/app.ts';
import { goTo, SCENES, settle, typeFilter } from '../../../src/e2e/harness/scenes.ts';
import { ensureDisplay } from '../../desktop/display.mjs';
import { startReplicaSet } from '../../testing/mongod.ts';
import { loadBenchEvents } from '../benchData.ts';
import { startCold, type ColdStart } from './coldStart.ts';
import { timeRepaint, timeScrolling, timeTyping, type Repaint } from './stopwatch.ts';

export interface BenchOptions {
  readonly electron: string;
  readonly events: number;
  /** A database with the events; null for a new one. */
  readonly database: { readonly uri: string; readonly name: string } | null;
  readonly starts: number;
  readonly rounds: number;
}

/** One measured thing; times in ms. */
export interface Measured {
  readonly what: string;
  readonly medianMs: number;
  readonly worstMs: number;
  readonly targetMs: number | null;
  readonly executor?: string;
}

export interface BenchFigures {
  readonly events: number;
  readonly measured: readonly Measured[];
  readonly memory: readonly { readonly process: string; readonly megabytes: number }[];
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Also says it at once: what was measured is not lost when something later fails. */
function measure(
  what: string,
  values: readonly number[],
  targetMs: number | null,
  executor?: string,
): Measured {
  const measured: Measured = {
    what,
    medianMs: Math.round(median(values)),
    worstMs: Math.round(Math.max(...values)),
    targetMs,
    ...(executor === undefined ? {} : { executor }),
  };
  console.error(`${what}: ${measured.medianMs} ms`);
  return measured;
}

/** Runs everything and gives the figures, as data and as text. */
export async function benchApp(options: BenchOptions): Promise<{ figures: BenchFigures; say: string }> {
  const endings: (() => Promise<unknown>)[] = [await ensureDisplay()];
  try {
    const { uri, name } = options.database ?? (await fill(options.events, endings));
    const count = await countEvents(uri, name);
    const built = await runCli(['columns', 'build', '--uri', uri, '--db', name]);
    console.error(built.exitCode === 0 ? 'columns are built' : `without columns: ${built.stderr.trim()}`);

    const starts: ColdStart[] = [];
    for (let start = 0; start < options.starts; start += 1)
      starts.push(await startCold(options.electron, uri, name));

    const app = await launchApp({ electronPath: options.electron, args: ['--uri', uri, '--db', name] });
    endings.push(() => app.close());
    await waitUntilOpen(app.window);
    await settle(app.window);
    const measured = [
      measure(
        'cold start to a usable window',
        starts.map(({ usableMs }) => usableMs),
        2_000,
      ),
      measure(
        'cold start to key figures',
        starts.map(({ figuresMs }) => figuresMs),
        null,
      ),
      ...(await benchRepaint(app, options.rounds)),
      await benchTyping(app.window),
      await benchScrolling(app.window),
    ];
    const figures: BenchFigures = { events: count, measured, memory: await readMemory(app) };
    return { figures, say: describe(figures) };
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

async function fill(
  events: number,
  endings: (() => Promise<unknown>)[],
): Promise<{ uri: string; name: string }> {
  const server = await startReplicaSet();
  endings.push(() => server.stop());
  const name = 'waymark_bench_app';
  const client = await MongoClient.connect(server.uri);
  console.error(`loading ${events.toLocaleString('en')} events`);
  await loadBenchEvents(client.db(name).collection('events'), events);
  await client.close();
  return { uri: server.uri, name };
}

async function countEvents(uri: string, name: string): Promise<number> {
  const client = await MongoClient.connect(uri);
  const count = await client.db(name).collection('events').estimatedDocumentCount();
  await client.close();
  return count;
}

const executorOf = (page: Page): Promise<string> =>
  page.getByRole('contentinfo').getByRole('button').first().innerText();

const OVERVIEW = 'Overview with its seven charts';

/** Each view with its main answer, asked again for a filter that comes and goes. */
async function benchRepaint(app: RunningApp, rounds: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const [scene, label] of [
    ['overview', OVERVIEW],
    ['funnels', 'Funnel'],
    ['paths', 'Paths'],
    ['retention', 'Retention'],
  ] as const) {
    await SCENES.find(({ name }) => name === scene)?.prepare(app);
    await settle(app.window);
    measured.push(...(await benchFilter(app.window, label, rounds)));
  }
  return measured;
}

/** Adds a filter on the device by keys, then mutes it and lets it act again. */
async function benchFilter(page: Page, label: string, rounds: number): Promise<Measured[]> {
  await page.keyboard.press('f');
  await typeFilter(page, 'Device', 'mobile');
  await settle(page);
  await page.locator('.wm-chips .wm-chip-text').first().focus();
  const times: Repaint[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push(await timeRepaint(page, () => page.keyboard.press(' ')));
    await settle(page);
  }
  const executor = await executorOf(page);
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await settle(page);
  const inSight = times.map(({ inSightMs }) => inSightMs);
  const all = times.map(({ allMs }) => allMs);
  const what = `${label} after a filter change`;
  if (label !== OVERVIEW) return [measure(what, all, 150, executor)];
  return [
    measure(`${what}, in sight`, inSight, 150, executor),
    measure(`${what}, all of it`, all, null, executor),
  ];
}

/** Types into the picker of the funnel's next step while the funnel itself is being counted anew. */
async function benchTyping(page: Page): Promise<Measured> {
  await goTo(page, 'Funnels');
  const picker = page.getByRole('combobox', { name: /^Event of step/ });
  // The builder comes back with its picker open.
  if (!(await picker.isVisible())) await page.getByRole('button', { name: 'Add step' }).click();
  await page.keyboard.press('Control+r');
  await picker.focus();
  const keys = await timeTyping(page, 'payment_failed and more');
  await page.keyboard.press('Escape');
  return measure('a key typed in the funnel builder, to its frame', keys, 50);
}

/** Scrolls the table of users, which loads its pages on the way. */
async function benchScrolling(page: Page): Promise<Measured> {
  await goTo(page, 'Users');
  await settle(page);
  const { frames, rows } = await timeScrolling(page, '.wm-users', 8);
  return measure(`frame while scrolling ${rows} users`, frames, 34);
}

async function readMemory({ electron }: RunningApp): Promise<BenchFigures['memory']> {
  const processes = await electron.evaluate(({ app }) =>
    app.getAppMetrics().map(({ type, name, serviceName, memory }) => ({
      type,
      name: name ?? serviceName ?? '',
      kilobytes: memory.workingSetSize,
    })),
  );
  return processes.map(({ type, name, kilobytes }) => ({
    process: name === '' ? type : `${type} ${name}`,
    megabytes: Math.round(kilobytes / 1_024),
  }));
}

function describe({ events, measured, memory }: BenchFigures): string {
  const lines = measured.map(({ what, medianMs, worstMs, targetMs, executor }) =>
    [
      what.padEnd(52),
      `${String(medianMs).padStart(6)} ms`,
      `worst ${String(worstMs).padStart(6)} ms`,
      targetMs === null ? '' : `target ${targetMs} ms ${medianMs <= targetMs ? 'met' : 'missed'}`,
      executor ?? '',
    ].join('  '),
  );
  return [
    `${events.toLocaleString('en')} events, medians:`,
    ...lines,
    'memory:',
    ...memory.map(({ process, megabytes }) => `${process.padEnd(52)}  ${String(megabytes).padStart(6)} MB`),
  ].join('\n');
}
