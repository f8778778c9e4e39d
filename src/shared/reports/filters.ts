import { z } from 'zod';
import { strictObject } from '../strictObject';
import { rangeSchema, type RangeInput } from '../time/range';

export const OPERATORS = [
  'eq',
  'ne',
  'in',
  'nin',
  'lt',
  'lte',
  'gt',
  'gte',
  'exists',
  'contains',
  'startsWith',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** Event fields with a fixed name; `properties.*` and `user.*` come on top. */
export const EVENT_FIELDS = [
  'eventType',
  'userId',
  'sessionId',
  'device',
  'browser',
  'os',
  'country',
  'page.path',
  'page.url',
  'page.title',
  'page.referrer',
  'durationSec',
] as const;

const USER_FIELDS = ['userId', 'name', 'email', 'device', 'country', 'createdAt', 'lastActiveAt'] as const;

/** One segment of a free path: anything but a dot, a leading dollar or a NUL. */
const FREE_PATH = /^(?:[^.$\0][^.\0]*)(?:\.[^.$\0][^.\0]*)*$/;

function isField(field: string): boolean {
  if ((EVENT_FIELDS as readonly string[]).includes(field)) return true;
  if (field.length > 300) return false;
  if (field.startsWith('properties.')) return FREE_PATH.test(field.slice('properties.'.length));
  if (!field.startsWith('user.')) return false;
  const rest = field.slice('user.'.length);
  if ((USER_FIELDS as readonly string[]).includes(rest)) return true;
  return rest.startsWith('traits.') ? FREE_PATH.test(rest.slice('traits.'.length)) : FREE_PATH.test(rest);
}

/** A field name of `report-format`: checked, so that it can never become an operator or leave its object. */
export const fieldSchema = z.string().refine(isField, {
  error: `allowed are ${EVENT_FIELDS.join(', ')}, properties.NAME and user.NAME`,
});

const NUMBER_TEXT = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const DATE_TEXT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

function isComparable(text: string): boolean {
  return NUMBER_TEXT.test(text) || (DATE_TEXT.test(text) && !Number.isNaN(Date.parse(text)));
}

const scalar = z.union([z.string().max(10_000), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof scalar>;

/** A number or a date, as either or as text: the only things that have an order. */
const comparable = scalar.refine((value) => typeof value !== 'boolean' && isComparable(String(value)), {
  error: 'allowed is a number, or a date or instant like 2026-01-31 or 2026-01-31T09:00:00Z',
});

const equalFilter = strictObject({ field: fieldSchema, op: z.enum(['eq', 'ne']), value: scalar });
const orderFilter = strictObject({
  field: fieldSchema,
  op: z.enum(['lt', 'lte', 'gt', 'gte']),
  value: comparable,
});
const listFilter = strictObject({
  field: fieldSchema,
  op: z.enum(['in', 'nin']),
  values: z.array(scalar).min(1).max(10_000),
});
const existsFilter = strictObject({
  field: fieldSchema,
  op: z.literal('exists'),
  value: z.boolean().default(true),
});
const textFilter = strictObject({
  field: fieldSchema,
  op: z.enum(['contains', 'startsWith']),
  value: z.string().min(1).max(1_000),
});

/** A condition on one field of an event (or of its user, for `user.*`). */
export const conditionSchema = z.discriminatedUnion(
  'op',
  [equalFilter, orderFilter, listFilter, existsFilter, textFilter],
  {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? `allowed: ${OPERATORS.join(', ')} (or an object with "anyOf", "did" or "didNot")`
        : undefined,
  },
);
export type Condition = z.infer<typeof conditionSchema>;

export interface AnyOfFilter {
  anyOf: Filter[];
}
/** Selects users who did an event at least so often in a range (the report's own unless another is given). */
export interface DidFilter {
  did: ReportEvent;
  atLeast: number;
  range?: RangeInput | undefined;
}
export interface DidNotFilter {
  didNot: ReportEvent;
  range?: RangeInput | undefined;
}
export type Filter = Condition | AnyOfFilter | DidFilter | DidNotFilter;

/** An event type with conditions. */
export interface QualifiedEvent {
  event: string;
  where?: Filter[] | undefined;
  label?: string | undefined;
}
/** An event of a report: a type, a type with conditions, or any of several. `*` is any event. */
export type ReportEvent = string | QualifiedEvent | { anyOf: ReportEvent[]; label?: string | undefined };

const MAX_DEPTH = 5;
const eventName = z.string().min(1).max(500);

function depthOf(node: unknown): number {
  if (node === null || typeof node !== 'object') return 0;
  return 1 + Math.max(0, ...Object.values(node).map(depthOf));
}

/** Which of the known shapes an object has, by its first telling key; gives errors that name the right key. */
function shapedBy<T>(shapes: Record<string, z.ZodType<T>>, fallback: z.ZodType<T>): z.ZodType<T> {
  return z.unknown().transform((input, context) => {
    const key = Object.keys(shapes).find(
      (name) => input !== null && typeof input === 'object' && name in input,
    );
    const schema = key === undefined ? fallback : (shapes[key] as z.ZodType<T>);
    const parsed = schema.safeParse(input);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.issues.push({ ...issue, input } as never);
    return z.NEVER;
  }) as unknown as z.ZodType<T>;
}

export const filterSchema: z.ZodType<Filter> = z.lazy(() =>
  shapedBy<Filter>(
    {
      anyOf: strictObject({ anyOf: z.array(filterSchema).min(1).max(50) }) as z.ZodType<Filter>,
      did: strictObject({
        did: eventSchema,
        atLeast: z.number().int().min(1).max(1_000_000).default(1),
        range: rangeSchema.optional(),
      }) as unknown as z.ZodType<Filter>,
      didNot: strictObject({
        didNot: eventSchema,
        range: rangeSchema.optional(),
      }) as unknown as z.ZodType<Filter>,
    },
    conditionSchema as z.ZodType<Filter>,
  ),
);

export const eventSchema: z.ZodType<ReportEvent> = z.lazy(() =>
  z.union(
    [
      eventName,
      shapedBy<ReportEvent>(
        {
          anyOf: strictObject({
            anyOf: z.array(eventSchema).min(1).max(50),
            label: z.string().max(200).optional(),
          }) as unknown as z.ZodType<ReportEvent>,
        },
        strictObject({
          event: eventName,
          where: z.array(filterSchema).max(50).optional(),
          label: z.string().max(200).optional(),
        }) as unknown as z.ZodType<ReportEvent>,
      ),
    ],
    { error: 'allowed is an event name, { "event": … } or { "anyOf": […] }' },
  ),
);

/** The filters of a report: all must hold. */
export const filtersSchema = z
  .array(filterSchema)
  .max(100)
  .refine((filters) => depthOf(filters) <= MAX_DEPTH * 4, { error: 'filters are nested too deeply' })
  .default([]);
