import { z } from 'zod';
import { eventLineSchema } from '../../src/shared/model/event';
import type { Settings } from './settings';
import { SEGMENT_TYPES } from './wire/segment';

const id = z.union([z.string(), z.number()]);
const time = z.string().describe('ISO 8601');
const open = z.record(z.string(), z.unknown());

/** A message of the Segment and RudderStack wire, as far as it is read; everything else is taken and left alone. */
export const segmentMessageSchema = z.looseObject({
  type: z.enum(SEGMENT_TYPES).optional().describe('needed in a batch; elsewhere the address says it'),
  messageId: z.string().max(200).optional().describe('makes a resend recognisable; made here when missing'),
  userId: id.optional(),
  anonymousId: id.optional(),
  previousId: id.optional().describe('alias: the id that is the same person'),
  groupId: id.optional(),
  event: z.string().max(500).optional().describe('track: the event’s name'),
  name: z.string().optional().describe('page, screen: its name'),
  properties: open.optional(),
  traits: open.optional(),
  context: open.optional(),
  timestamp: time.optional(),
  originalTimestamp: time.optional(),
  sentAt: time.optional(),
  sessionId: id.optional(),
  writeKey: z.string().optional(),
});

export const segmentBatchSchema = z.looseObject({
  batch: z.array(segmentMessageSchema),
  context: open.optional().describe('merged into each message’s own, which goes first'),
  writeKey: z.string().optional(),
  sentAt: time.optional(),
});

export const posthogBatchSchema = z.looseObject({
  api_key: z.string().optional(),
  sent_at: time.optional(),
  batch: z.array(
    z.looseObject({
      event: z.string().max(500),
      distinct_id: id,
      uuid: z.string().optional(),
      timestamp: time.optional(),
      properties: open.optional(),
    }),
  ),
});

/** The answer to a request whose events are stored. */
export const acceptedSchema = z.strictObject({
  success: z.literal(true),
  results: z
    .array(
      z.strictObject({
        messageId: z.string(),
        status: z.enum(['accepted', 'duplicate', 'rejected']),
        reason: z.string().optional(),
      }),
    )
    .optional()
    .describe(
      'one for each message, in order; absent when all were plainly accepted and none were asked for',
    ),
});

/** The answer to a request that was refused. */
export const refusedSchema = z.strictObject({ success: z.literal(false), reason: z.string() });

export const statusSchema = z.strictObject({ status: z.string() });

export const erasedSchema = z.strictObject({
  success: z.literal(true),
  deleted: z.record(z.string(), z.number().int()),
});

type Json = Record<string, unknown>;

const schemaOf = (schema: z.ZodType): Json => {
  return without(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json, [
    '$schema',
    '$defs',
    'id',
  ]);
};

const SCHEMAS = {
  Event: eventLineSchema,
  SegmentMessage: segmentMessageSchema,
  SegmentBatch: segmentBatchSchema,
  PosthogBatch: posthogBatchSchema,
  Accepted: acceptedSchema,
  Refused: refusedSchema,
  Status: statusSchema,
  Erased: erasedSchema,
} as const;

const ref = (name: keyof typeof SCHEMAS): Json => ({ $ref: `#/components/schemas/${name}` });

const answer = (description: string, name: keyof typeof SCHEMAS, headers?: Json): Json => ({
  description,
  content: { 'application/json': { schema: ref(name) } },
  ...(headers ? { headers } : {}),
});

const RETRY_AFTER = {
  'Retry-After': {
    description: 'whole seconds',
    required: true,
    schema: { type: 'integer', minimum: 1, maximum: 300 },
  },
};

const INGEST_ANSWERS: Json = {
  200: answer('stored durably; refused messages are named', 'Accepted'),
  400: answer('the body is no request of this address', 'Refused'),
  401: answer('no key, or one that is not known', 'Refused'),
  413: answer('the request is too large', 'Refused'),
  429: answer('too much just now; come again', 'Refused', RETRY_AFTER),
  503: answer('nothing can be stored', 'Refused', RETRY_AFTER),
};

const INGEST_PARAMETERS = [
  {
    name: 'results',
    in: 'query',
    description: 'all: a result for each message even when all were plainly accepted',
    schema: { type: 'string', enum: ['all'] },
  },
  {
    name: 'ack',
    in: 'query',
    description: 'database: answer only when the database has the events',
    schema: { type: 'string', enum: ['database'] },
  },
];

const KEYS = [{ basic: [] }, { bearer: [] }, { writeKey: [] }];

const ingest = (operationId: string, summary: string, schema: Json, parameters: Json[] = []): Json => ({
  post: {
    operationId,
    summary,
    security: [...KEYS, {}],
    parameters: [...INGEST_PARAMETERS, ...parameters],
    requestBody: {
      required: true,
      description: 'JSON under whatever Content-Type; gzip, deflate or br by Content-Encoding',
      content: { 'application/json': { schema } },
    },
    responses: INGEST_ANSWERS,
  },
});

const status = (operationId: string, summary: string, unavailable: boolean): Json => ({
  get: {
    operationId,
    summary,
    responses: {
      200: answer('yes', 'Status'),
      ...(unavailable ? { 503: answer('no', 'Status') } : {}),
    },
  },
});

const userParameter = {
  name: 'id',
  in: 'path',
  required: true,
  schema: { type: 'string', minLength: 1, maxLength: 1_000 },
};
const databaseParameter = {
  name: 'database',
  in: 'query',
  schema: { type: 'string' },
  description: 'the project',
};

/** The contract as OpenAPI 3.1, made from the schemas. */
export function createOpenApi(settings: Pick<Settings, 'maxBodyBytes' | 'publicUrl'>): Json {
  const personAnswers = {
    400: answer('not a user id', 'Refused'),
    401: answer('no key', 'Refused'),
    403: answer('not an admin key', 'Refused'),
    404: answer('nothing is known of that user', 'Refused'),
    503: answer('the database did not answer', 'Refused', RETRY_AFTER),
  };
  const letters = [
    ['track', 't'],
    ['page', 'p'],
    ['screen', 's'],
    ['identify', 'i'],
    ['group', 'g'],
    ['alias', 'a'],
  ] as const;
  const singles = letters.flatMap(([word, letter]) => [
    [`/v1/${word}`, ingest(word, `one ${word} message`, ref('SegmentMessage'))],
    [`/v1/${letter}`, ingest(`${word}Short`, `one ${word} message (browser SDK)`, ref('SegmentMessage'))],
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Waymark collector',
      version: '1',
      description: `Takes events in; a 200 means they are durable. At most ${settings.maxBodyBytes} bytes a request, inflated.`,
    },
    ...(settings.publicUrl === null ? {} : { servers: [{ url: settings.publicUrl }] }),
    paths: {
      '/v1/batch': ingest('batch', 'messages of the Segment and RudderStack SDKs', ref('SegmentBatch')),
      '/v1/b': ingest('batchShort', 'messages of the browser SDK', ref('SegmentBatch')),
      ...Object.fromEntries(singles),
      '/batch/': ingest('posthogBatch', 'messages of the PostHog SDKs', ref('PosthogBatch')),
      '/v1/events': ingest('events', 'native events: one, an array, or NDJSON', {
        anyOf: [ref('Event'), { type: 'array', items: ref('Event') }],
      }),
      '/v1/projects/{writeKey}/settings': {
        get: {
          operationId: 'sdkSettings',
          summary: 'the browser SDK’s settings document',
          parameters: [{ name: 'writeKey', in: 'path', required: true, schema: { type: 'string' } }],
          responses: {
            200: { description: 'settings', content: { 'application/json': { schema: { type: 'object' } } } },
            400: answer('the Host header is malformed', 'Refused'),
            404: answer('the key is not known', 'Refused'),
          },
        },
      },
      '/v1/users/{id}': {
        delete: {
          operationId: 'erasePerson',
          summary: 'deletes a person, all ids of theirs, from every collection',
          security: KEYS,
          parameters: [userParameter, databaseParameter],
          responses: { 200: answer('deleted', 'Erased'), ...personAnswers },
        },
      },
      '/v1/users/{id}/export': {
        get: {
          operationId: 'exportPerson',
          summary: 'everything stored about a person, one JSON line a document',
          security: KEYS,
          parameters: [userParameter, databaseParameter],
          responses: {
            200: {
              description: 'lines',
              content: { 'application/x-ndjson': { schema: { type: 'string' } } },
            },
            ...personAnswers,
          },
        },
      },
      '/livez': status('livez', 'the process runs', false),
      '/readyz': status('readyz', 'it takes traffic', true),
      '/sinkz': status('sinkz', 'what stands behind the log answers: the database, or the brokers', true),
      '/metrics': {
        get: {
          operationId: 'metrics',
          summary: 'all figures for Prometheus',
          responses: {
            200: { description: 'text', content: { 'text/plain': { schema: { type: 'string' } } } },
          },
        },
      },
      '/openapi.json': {
        get: {
          operationId: 'openapi',
          summary: 'this document',
          responses: {
            200: { description: 'it', content: { 'application/json': { schema: { type: 'object' } } } },
          },
        },
      },
    },
    components: {
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic', description: 'the key as user name, no password' },
        bearer: { type: 'http', scheme: 'bearer' },
        writeKey: { type: 'apiKey', in: 'header', name: 'X-Write-Key' },
      },
      schemas: Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, schemaOf(schema)])),
    },
  };
}

const without = (object: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
