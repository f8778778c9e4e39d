import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics';
import { readSettings } from './settings';

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

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
