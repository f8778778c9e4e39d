import type { z } from 'zod';
import { WaymarkError, type ErrorCode } from '../errors';

/** Writes a zod path as people write it in JSON: `steps[1].event`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

type Issue = z.core.$ZodIssue;
type PlacedIssue = Issue & { at: readonly PropertyKey[] };

/** Deeper input than any file people write; beyond it a recursive schema would exhaust the stack. */
const MAX_NESTING = 100;

/**
 * More values than any file people write. What crosses a process boundary may name one list in many places, so that
 * few bytes unfold into more values than memory holds.
 */
const MAX_VALUES = 500_000;

/** A value as it appears in a message: JSON, cut to 60 characters. */
function show(value: unknown): string {
  const text =
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ??
    typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Whether a branch of a union fails because the value is of another type altogether. */
function isOtherType(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0);
}

/**
 * Of a union's branches, the one the writer meant: of the right type, with the fewest faults, and of those the
 * one whose fault lies deepest. When no branch is of the right type, the union itself.
 */
function pinpoint(issue: Issue, prefix: readonly PropertyKey[] = []): PlacedIssue {
  const at = [...prefix, ...issue.path];
  if (issue.code !== 'invalid_union') return { ...issue, at };
  const [best] = issue.errors
    .filter((issues) => issues.length > 0 && !isOtherType(issues))
    .map((issues) => ({ faults: issues.length, first: pinpoint(issues[0] as Issue, at) }))
    .sort((a, b) => a.faults - b.faults || b.first.at.length - a.first.at.length);
  return best?.first ?? { ...issue, at };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What a union takes, when its branches are plain types. */
function allowedByUnion(issue: Extract<Issue, { code: 'invalid_union' }>): string | undefined {
  const names = issue.errors.map(([first]) =>
    first?.code === 'invalid_type' ? TYPE_NAMES[first.expected] : undefined,
  );
  if (names.length === 0 || names.some((name) => name === undefined)) return undefined;
  return `allowed is ${[...new Set(names)].join(', ').replace(/, ([^,]*)$/, ' or $1')}`;
}

function allowedBySize(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const isNumber = issue.origin === 'number' || issue.origin === 'int';
  const unit = issue.origin === 'string' ? ' characters' : isNumber ? '' : ' entries';
  if (issue.code === 'too_big') return `allowed is at most ${issue.maximum}${unit}`;
  if (!isNumber && issue.minimum === 1) return 'it must not be empty';
  return `allowed is ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit}`;
}

/** What is allowed where an issue lies. A schema's own words go first. */
function allowedThere(issue: Issue): string {
  const own = issue.message.replace(/\.$/, '');
  if (!/^(Invalid|Too small|Too big|Unrecognized)\b/.test(own)) return own;
  switch (issue.code) {
    case 'invalid_value':
      return `allowed: ${issue.values.map(show).join(', ')}`;
    case 'invalid_type':
      return `allowed is ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case 'invalid_union':
      return allowedByUnion(issue) ?? 'it has none of the allowed forms';
    case 'too_small':
    case 'too_big':
      return allowedBySize(issue);
    default:
      return 'it is not valid';
  }
}

/** One sentence for one issue: what is wrong, and what is allowed. */
function explain(issue: PlacedIssue, root: unknown, subject: string): string {
  const value = issue.at.reduce<unknown>(
    (node, key) =>
      node !== null && typeof node === 'object' ? (node as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
  const where = formatPath(issue.at);
  const allowed = allowedThere(issue);
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${key}"`).join(', ');
    const known = allowed === 'it is not valid' ? '' : `; ${allowed}`;
    return `${subject}${where === '' ? '' : `: ${where}`} has an unknown key ${keys}${known}.`;
  }
  if (where === '') return `${subject} is ${show(value)}; ${allowed}.`;
  if (value === undefined) return `${subject}: ${where} is missing; ${allowed}.`;
  return `${subject}: ${where} is ${show(value)}; ${allowed}.`;
}

/** Why an input is too large to be looked at, or undefined. Bytes count as one value. */
function findExcess(input: unknown): string | undefined {
  let layer: unknown[] = [input];
  let values = 0;
  for (let level = 0; layer.length > 0; level += 1) {
    if (level > MAX_NESTING) return `is nested more than ${MAX_NESTING} levels deep`;
    const next: unknown[] = [];
    for (const node of layer) {
      if (node === null || typeof node !== 'object' || ArrayBuffer.isView(node)) continue;
      const inner: unknown[] = Object.values(node);
      values += inner.length;
      if (values > MAX_VALUES) return `holds more than ${MAX_VALUES.toLocaleString('en')} values`;
      for (const value of inner) next.push(value);
    }
    layer = next;
  }
  return undefined;
}

/**
 * Parses untrusted input with a schema.
 * @throws WaymarkError whose path names the offending key and whose message says what is allowed
 */
export function parseWith<T>(schema: z.ZodType<T>, input: unknown, code: ErrorCode, subject: string): T {
  const excess = findExcess(input);
  if (excess !== undefined) throw new WaymarkError(code, `${subject} ${excess}.`);
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  if (!first) throw new WaymarkError(code, `${subject} is not valid.`);
  const issue = pinpoint(first);
  const keyed = issue.code === 'unrecognized_keys' ? [...issue.at, issue.keys[0] ?? ''] : issue.at;
  throw new WaymarkError(code, explain(issue, input, subject), { path: formatPath(keyed) });
}
