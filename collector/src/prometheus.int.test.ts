import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../scripts/processes/freePort.mjs';
import { findOnPath } from '../../scripts/provide/findOnPath.mjs';
import { settled } from './testing/checkStored';
import { eventOf, send } from './testing/load';
import { type CollectorProcess, startCollector, temporaryFolder } from './testing/runCollector';

const run = promisify(execFile);
const DATABASE = 'collector_prometheus';
const prometheus = findOnPath('prometheus');
const promtool = findOnPath('promtool');
const ops = (name: string): URL => new URL(`../ops/${name}`, import.meta.url);

let folder: string;
let remove: () => Promise<void>;
let collector: CollectorProcess;
let server: ChildProcess | undefined;
let url: string;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  if (prometheus === null || promtool === null) return;
  collector = await startCollector({
    uri: inject('mongoUri'),
    database: DATABASE,
    dataDir: path.join(folder, 'log'),
  });
  const config = (await readFile(ops('prometheus.yaml'), 'utf8'))
    .replace('/etc/prometheus/alerts.yaml', path.join(folder, 'alerts.yaml'))
    .replace('collector:8080', new URL(collector.url).host)
    .replace('scrape_interval: 10s', 'scrape_interval: 500ms\n  evaluation_interval: 500ms');
  await writeFile(path.join(folder, 'alerts.yaml'), await readFile(ops('alerts.yaml')));
  await writeFile(path.join(folder, 'prometheus.yaml'), config);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  server = spawn(
    prometheus,
    [
      `--config.file=${path.join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
});
afterAll(async () => {
  if (server) {
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server.kill();
    await ended;
    await collector.kill();
    const client = await MongoClient.connect(inject('mongoUri'));
    await client.db(DATABASE).dropDatabase();
    await client.close();
  }
  await remove();
});

interface Answer {
  status: string;
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

const query = async (expression: string): Promise<Answer> => {
  const target = `${url}/api/v1/query?query=${encodeURIComponent(expression)}`;
  return JSON.parse((await send(target, '', { method: 'GET', key: null })).body || '{}') as Answer;
};

/** Every expression of the dashboard, with its own variables put in. */
async function dashboardExpressions(): Promise<string[]> {
  const text = await readFile(ops('grafana/dashboard.json'), 'utf8');
  const expressions = [...text.matchAll(/"expr": "((?:[^"\\]|\\.)*)"/g)].map(
    ([, expression]) => JSON.parse(`"${expression ?? ''}"`) as string,
  );
  return expressions.map((expression) =>
    expression.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'),
  );
}

describe('Prometheus', () => {
  beforeEach((context) => {
    if (prometheus === null || promtool === null) context.skip('needs prometheus and promtool on the path');
  });

  it('takes the rules and the configuration', async () => {
    await run(promtool ?? '', ['check', 'rules', path.join(folder, 'alerts.yaml')]);
    await run(promtool ?? '', ['check', 'config', path.join(folder, 'prometheus.yaml')]);
  });

  it('scrapes the collector and understands every expression of the dashboard and the alerts', async () => {
    const events = Array.from({ length: 300 }, (_, index) => eventOf(`prom-${index}`, index));
    await send(`${collector.url}/v1/events`, JSON.stringify([...events, {}]));
    await settled(collector.url);
    const scraped = 'waymark_collector_events_total{result="accepted"} == 300';
    for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
      if ((await query(scraped)).data?.result.length === 1) break;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect((await query(scraped)).data.result).toHaveLength(1);
    expect((await query('up{job="waymark-collector"}')).data.result[0]?.value[1]).toBe('1');
    const expressions = await dashboardExpressions();
    expect(expressions.length).toBeGreaterThan(10);
    for (const expression of expressions)
      expect([expression, (await query(expression)).status]).toEqual([expression, 'success']);
    const rules = JSON.parse((await send(`${url}/api/v1/rules`, '', { method: 'GET', key: null })).body) as {
      data: { groups: { rules: { name: string; health: string; state: string }[] }[] };
    };
    const alerts = rules.data.groups.flatMap((group) => group.rules);
    expect(alerts.length).toBeGreaterThan(8);
    expect(alerts.filter(({ health }) => health === 'err')).toEqual([]);
    expect(alerts.filter(({ state }) => state === 'firing')).toEqual([]);
  });

  it('notices a collector that is gone', async () => {
    await collector.kill();
    const pending = 'ALERTS{alertname="CollectorDown", alertstate="pending"}';
    for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
      if ((await query(pending)).data?.result.length === 1) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error('the alert did not rise within 30 s');
  });
});
