import { execFile } from 'node:child_process';
import { beforeEach, describe, expect, it } from 'vitest';
import { send } from './testing/load';
import { provideSchemathesis } from './testing/provideSchemathesis';
import { ADMIN_KEY, DEEP, WRITE_KEY } from './testing/runCollector';
import { useCollector } from './testing/useCollector';

const DATABASE = 'collector_schemathesis';
const schemathesis = await provideSchemathesis();

/** What an answer is held to: never a 5xx, and the status, type, headers and shape that the document names. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

const shared = useCollector(DATABASE);

/** Runs it against the collector; its report, and how many requests it made and found right. */
function judge(key: string, options: string[]): Promise<{ report: string; made: number; right: number }> {
  const { command, args, env } = schemathesis ?? { command: '', args: [], env: {} };
  const run = ['run', `${shared.collector.url}/openapi.json`, '--header', `X-Write-Key: ${key}`];
  const how = ['--checks', CHECKS.join(','), '--continue-on-failure', '--no-color', '--seed', '7'];
  return new Promise((resolve) => {
    const all = [...args, ...run, ...how, ...options];
    execFile(command, all, { env: { ...process.env, ...env }, maxBuffer: 2 ** 26 }, (error, stdout) => {
      const [, made = '0', right = '0'] = /(\d+) generated, (\d+) passed/.exec(stdout) ?? [];
      resolve({ report: error ? stdout : '', made: Number(made), right: Number(right) });
    });
  });
}

describe('requests made from the OpenAPI document', () => {
  beforeEach((context) => {
    if (!schemathesis) context.skip('needs Python 3.10 with pip');
  });

  const phases = DEEP ? 'coverage,fuzzing' : 'fuzzing';

  it(
    'get the answers that it names, at every address',
    async () => {
      const { report, made, right } = await judge(WRITE_KEY, [
        ...['--phases', phases, '--max-examples', DEEP ? '200' : '8'],
      ]);
      expect(report).toBe('');
      expect(right).toBe(made);
      expect(made).toBeGreaterThan(DEEP ? 3_000 : 100);
      const { body } = await send(`${shared.collector.url}/metrics`, '', { method: 'GET' });
      expect(body).not.toMatch(/request_seconds_count\{[^}]*status="5/);
    },
    DEEP ? 1_200_000 : 240_000,
  );

  it(
    'get them for an admin key too',
    async () => {
      const examples = ['--max-examples', DEEP ? '200' : '8'];
      const { report, made, right } = await judge(ADMIN_KEY, [
        ...['--include-path-regex', '^/v1/users', '--phases', phases, ...examples],
      ]);
      expect(report).toBe('');
      expect(right).toBe(made);
      expect(made).toBeGreaterThan(10);
    },
    DEEP ? 600_000 : 120_000,
  );
});
