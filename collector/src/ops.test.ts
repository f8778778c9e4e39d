import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMetrics } from './metrics';
import { readSettings } from './settings';
import { shippedNodeArgs } from './testing/shippedNodeArgs';

const at = (name: string): URL => new URL(`../${name}`, import.meta.url);
const read = (name: string): string => readFileSync(at(name), 'utf8');

/** Metric names in a text, without the parts that histograms add. */
const metricsIn = (text: string): string[] =>
  [...text.matchAll(/waymark_collector_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, ''));

describe('what comes with the collector', () => {
  it('draws and watches only metrics that exist', async () => {
    const { registry } = createMetrics();
    const known = new Set((await registry.getMetricsAsJSON()).map(({ name }) => name));
    for (const file of ['ops/grafana/dashboard.json', 'ops/alerts.yaml']) {
      expect(metricsIn(read(file)).filter((name) => !known.has(name))).toEqual([]);
    }
  });

  it('lists every setting in .env.example with the default in force', () => {
    const example = Object.fromEntries(
      read('.env.example')
        .split('\n')
        .filter((line) => /^[A-Z_]+=/.test(line))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    expect(readSettings(example)).toEqual(readSettings({}));
    const sources = read('src/settings.ts') + read('src/kafka/kafkaSettings.ts');
    const named = [...sources.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name);
    expect(Object.keys(example).sort()).toEqual(named.sort());
  });

  it('explains every alert in the runbook or in the page on Kafka', () => {
    const runbook = ['collector-runbook', 'kafka']
      .map((page) => readFileSync(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8'))
      .join();
    const alerts = [...read('ops/alerts.yaml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name ?? '');
    expect(alerts.length).toBeGreaterThan(8);
    expect(alerts.filter((name) => !runbook.includes(`\`${name}\``))).toEqual([]);
  });
});

/** What Grafana needs of a dashboard to draw it. */
const dashboardSchema = z.object({
  uid: z.string().min(1),
  title: z.string().min(1),
  schemaVersion: z.int().min(36),
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string().min(1),
      type: z.enum(['timeseries', 'stat', 'gauge', 'table', 'bargauge', 'heatmap']),
      datasource: z.object({ type: z.literal('prometheus'), uid: z.string() }),
      gridPos: z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1), h: z.int().min(1) }),
      targets: z.array(z.object({ refId: z.string().min(1), expr: z.string().min(1) })).min(1),
    }),
  ),
});

describe('the dashboard', () => {
  const { panels } = dashboardSchema.parse(JSON.parse(read('ops/grafana/dashboard.json')));

  it('asks the data source that is provisioned, every panel under an id and every query under a letter of its own', () => {
    const [, uid] = /uid: (\S+)/.exec(read('ops/grafana/provisioning/datasources/prometheus.yaml')) ?? [];
    expect([...new Set(panels.map(({ datasource }) => datasource.uid))]).toEqual([uid]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { targets } of panels)
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  });

  it('lays no panel over another or beyond the 24 columns', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });
});

describe('the image', () => {
  const lines = read('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const after = (word: string): string[] =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? line.slice(word.length + 1) : []));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

  it('copies only what exists, and ends in a stage without a shell that is not root', () => {
    const copied = after('COPY').filter((copy) => !copy.startsWith('--from='));
    const sources = copied.flatMap((copy) => copy.split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(at(`../${source}`)))).toEqual([]);
    expect(last[0]).toMatch(/distroless.*:nonroot$/);
    expect(last).toContain('USER nonroot');
    expect(last.filter((line) => line.startsWith('RUN '))).toEqual([]);
  });

  it('keeps its log in the only volume, listens where it says, and is stopped by SIGTERM', () => {
    expect(after('VOLUME')).toEqual(['/data']);
    const env = after('ENV').join(' ').split(' ');
    expect(env).toEqual(expect.arrayContaining(['WAYMARK_DATA_DIR=/data', `PORT=${after('EXPOSE')[0]}`]));
    expect(after('STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(after('HEALTHCHECK')[0]).toContain('/livez');
  });

  it('is given the same heap by the units', () => {
    for (const unit of ['waymark-collector', 'waymark-drain']) {
      const [, args] = /^ExecStart=\S+ (--.*?) \//m.exec(read(`ops/${unit}.service`)) ?? [];
      expect(args?.split(' ')).toEqual(shippedNodeArgs());
    }
  });
});

describe('the compose file', () => {
  const compose = read('ops/compose.yaml');

  it('mounts files that exist, read-only, and gives every process of ours a read-only root and no rights', () => {
    const mounted = [...compose.matchAll(/- (\.\/\S+?):(\S+)/g)];
    expect(mounted.length).toBeGreaterThan(3);
    for (const [, source = '', target = ''] of mounted) {
      expect([source, existsSync(at(`ops/${source}`))]).toEqual([source, true]);
      expect(target).toMatch(/:ro$/);
    }
    for (const text of [compose, read('ops/compose.kafka.yaml')]) {
      const ours = text.split('dockerfile: collector/Dockerfile').length - 1;
      expect(ours).toBe(1);
      for (const rule of ['read_only: true', 'cap_drop: [ALL]', "security_opt: ['no-new-privileges:true']"])
        expect(text.split(rule).length - 1).toBe(ours);
    }
  });

  it('has Prometheus scrape the collector by its name and port', () => {
    const [, target] = /targets: \[(\S+)\]/.exec(read('ops/prometheus.yaml')) ?? [];
    const [name, port] = (target ?? '').split(':');
    expect(compose).toMatch(new RegExp(`^  ${name}:$`, 'm'));
    expect(compose).toContain(`'${port}:${port}'`);
  });
});
