import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventOf, send } from './testing/load';
import { ADMIN_KEY, WRITE_KEY } from './testing/runCollector';
import { useCollector } from './testing/useCollector';

const DATABASE = 'collector_openapi';
const shared = useCollector(DATABASE);

interface OpenApi {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> }>
  >;
  components: { schemas: Record<string, object> };
}
let document: OpenApi;
beforeAll(async () => {
  document = JSON.parse(
    (await send(`${shared.collector.url}/openapi.json`, '', { method: 'GET', key: null })).body,
  ) as OpenApi;
});

const segment = { type: 'track', event: 'e', userId: 'u' };
const single = (path: string): [string, string, unknown][] => [
  ['post', path, segment],
  ['post', path, { userId: null }],
  ['post', path, []],
];

/** Requests good and bad to every address. */
const REQUESTS: [method: string, path: string, body: unknown, key?: string | null][] = [
  ['post', '/v1/batch', { batch: [segment] }],
  ['post', '/v1/batch', { batch: [segment, 1, { type: 'x' }] }],
  ['post', '/v1/batch', 'nonsense'],
  ['post', '/v1/batch', { batch: [] }, null],
  ['post', '/v1/batch', { batch: [] }, 'wrong'],
  ['post', '/v1/batch', { batch: ['x'.repeat(5_000_000)] }],
  ['post', '/v1/b', { batch: [segment], writeKey: WRITE_KEY }, null],
  ...['/v1/track', '/v1/t', '/v1/page', '/v1/p', '/v1/screen', '/v1/s'].flatMap(single),
  ...['/v1/identify', '/v1/i', '/v1/group', '/v1/g', '/v1/alias', '/v1/a'].flatMap(single),
  ['post', '/batch/', { api_key: WRITE_KEY, batch: [{ event: 'e', distinct_id: 'd' }] }, null],
  ['post', '/batch/', { batch: 1 }],
  ['post', '/v1/events', [eventOf('o-1', 1), eventOf('o-1', 1), {}]],
  ['post', '/v1/events', 7],
  ['get', '/livez', null],
  ['get', '/readyz', null],
  ['get', '/sinkz', null],
  ['get', '/v1/projects/{writeKey}/settings', null],
  ['delete', '/v1/users/{id}', null],
  ['delete', '/v1/users/{id}', null, null],
  ['delete', '/v1/users/{id}', null, ADMIN_KEY],
  ['get', '/v1/users/{id}/export', null],
  ['get', '/v1/users/{id}/export', null, ADMIN_KEY],
];

describe('the OpenAPI document', () => {
  it('describes every answer of the running collector', async () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const seen = new Set<string>();
    for (const [method, path, body, key = WRITE_KEY] of REQUESTS) {
      const operation = document.paths[path]?.[method];
      expect(operation, `${method} ${path}`).toBeDefined();
      const target = path.replace('{writeKey}', WRITE_KEY).replace('{id}', 'nobody');
      const text = body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      const answer = await send(`${shared.collector.url}${target}`, text, {
        method: method.toUpperCase(),
        key,
      });
      const described = operation?.responses[String(answer.status)];
      expect(described, `${method} ${path} ${answer.status}`).toBeDefined();
      seen.add(`${path} ${answer.status}`);
      const schema = described?.content['application/json']?.schema;
      if (!schema) continue;
      const valid = ajv.validate({ ...schema, components: document.components }, JSON.parse(answer.body));
      expect(valid, `${method} ${path} ${answer.status}: ${ajv.errorsText()} ${answer.body}`).toBe(true);
    }
    for (const status of [200, 400, 401, 413]) expect(seen).toContain(`/v1/batch ${status}`);
  });

  it('has an entry for every address that takes events, and schemas that are valid', () => {
    expect(Object.keys(document.paths)).toHaveLength(24);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const schema of Object.values(document.components.schemas)) {
      expect(ajv.validateSchema(JSON.parse(JSON.stringify(schema)) as object)).toBe(true);
    }
  });
});
