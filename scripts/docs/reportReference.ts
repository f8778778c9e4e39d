/** The reference of report files, written from the schemas that read them. */
import { z } from 'zod';
import { EVENT_FIELDS, OPERATORS } from '../../src/shared/reports/filters.ts';
import { reportSchema } from '../../src/shared/reports/report.ts';

/** The parts of JSON Schema that the reports' schemas come out as. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly $ref?: string;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: string;
  readonly pattern?: string;
}

const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

function describeBounds(shape: Shape): string {
  const { minimum, maximum, exclusiveMinimum, minItems, maxItems, minLength, maxLength } = shape;
  const huge = Number.MAX_SAFE_INTEGER;
  const from = minimum ?? minItems ?? minLength;
  const to = maximum ?? maxItems ?? maxLength;
  const unit = (minItems ?? maxItems) ? ' entries' : (minLength ?? maxLength) ? ' characters' : '';
  const parts = [
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(from === undefined || from <= -huge ? [] : [`from ${from}`]),
    ...(to === undefined || to >= huge ? [] : [`to ${to}${unit}`]),
  ];
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}

/** What a key takes, in a few words. */
function describeShape(shape: Shape, key: string): string {
  if (shape.const !== undefined) return code(shape.const);
  if (shape.enum) return shape.enum.map(code).join(' · ');
  const choices = shape.anyOf ?? shape.oneOf;
  // What refers to itself has a section of its own.
  if (key === 'filters' || key === 'where') return 'a list of [filters](#filters)';
  if (['event', 'start', 'end', 'return'].includes(key)) return 'an [event](#events)';
  if (key === 'range') return 'a [range](#ranges)';
  if (key === 'field' || key === 'breakdown') return 'a [field](#fields)';
  if (shape.type === 'array') {
    const inner = ['steps', 'hide'].includes(key)
      ? '[events](#events)'
      : describeShape(shape.items ?? {}, '');
    return `a list of ${inner}${describeBounds(shape)}`;
  }
  if (choices) return [...new Set(choices.map((choice) => describeShape(choice, key)))].join(', or ');
  if (shape.properties) {
    const required = new Set(shape.required);
    const keys = Object.entries(shape.properties).map(
      ([name, inner]) => `\`${name}\`${required.has(name) ? '' : '?'}: ${describeShape(inner, name)}`,
    );
    return `{ ${keys.join('; ')} }`;
  }
  if (shape.type === 'boolean') return '`true` · `false`';
  if (shape.format === 'date-time') return 'an ISO instant';
  if (shape.pattern) return `text like \`${shape.pattern.replace(/[\^$()]/g, '').replaceAll('|', '\\|')}\``;
  const name = { integer: 'a whole number', number: 'a number', string: 'text' }[shape.type ?? ''];
  return `${name ?? 'an object'}${describeBounds(shape)}`;
}

/** The default of a key, which JSON Schema loses where a schema refers to itself. */
function defaultOf(schema: unknown): unknown {
  return schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
}

function keyTable(
  shape: Shape,
  leaveOut: readonly string[],
  schemas: Readonly<Record<string, unknown>>,
): string[] {
  const required = new Set(shape.required);
  const rows = Object.entries(shape.properties ?? {})
    .filter(([key]) => !leaveOut.includes(key))
    .map(([key, inner]) => {
      const fallback = inner.default ?? defaultOf(schemas[key]);
      const shown = fallback === undefined ? (required.has(key) ? 'needed' : '–') : code(fallback);
      return `| \`${key}\` | ${describeShape(inner, key)} | ${shown} |`;
    });
  return ['| key | takes | default |', '| --- | --- | --- |', ...rows];
}

const COMMON = ['version', 'title', 'range', 'filters', 'kind'];

/** The whole page, as Markdown. */
export function writeReportReference(): string {
  const options = { io: 'input', unrepresentable: 'any', cycles: 'ref', reused: 'inline' } as const;
  const kinds = reportSchema.options.map((option) => ({
    kind: option.shape.kind.value,
    shape: z.toJSONSchema(option, options) as Shape,
    schemas: option.shape,
  }));
  const [first] = kinds;
  return [
    '# Report files: every key',
    '',
    '<!-- Written by `npm run docs` from src/shared/reports; changes belong there. -->',
    '',
    'What a key means is told in [reports.md](../reports.md), what a figure means in [semantics.md](../semantics.md). A key that is not listed here is refused, with its path and what is allowed.',
    '',
    '## Every kind',
    '',
    '| key | takes | default |',
    '| --- | --- | --- |',
    `| \`kind\` | ${kinds.map(({ kind }) => code(kind)).join(' · ')} | needed |`,
    ...keyTable(
      first?.shape ?? {},
      Object.keys(first?.shape.properties ?? {}).filter((key) => !COMMON.includes(key) || key === 'kind'),
      first?.schemas ?? {},
    ).slice(2),
    ...kinds.flatMap(({ kind, shape, schemas }) => [
      '',
      `## ${kind}`,
      '',
      ...keyTable(shape, COMMON, schemas),
    ]),
    '',
    '## Ranges',
    '',
    '`{ "from": "2026-01-01", "to": "2026-01-31" }` (whole days, both included), the same with ISO instants (`to` not included), or `{ "last": "30d" }`; each with `timezone` (an IANA name, default `"UTC"`) and `weekStart` (default `"monday"`).',
    '',
    '## Events',
    '',
    'The name of an event type; `"*"` for any event; `{ "event": name, "where"?: filters, "label"?: text }`; or `{ "anyOf": events, "label"?: text }`.',
    '',
    '## Filters',
    '',
    `\`{ "field": field, "op": operator, "value": … }\` with the operators ${OPERATORS.map((name) => `\`${name}\``).join(', ')} (\`in\` and \`nin\` take \`"values"\`), \`{ "anyOf": filters }\`, \`{ "did": event, "atLeast"?: 1, "range"? }\`, \`{ "didNot": event, "range"? }\`.`,
    '',
    '## Fields',
    '',
    `${EVENT_FIELDS.map((name) => `\`${name}\``).join(', ')}, \`properties.NAME\`, \`user.NAME\`, \`user.traits.NAME\`.`,
    '',
  ].join('\n');
}
