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

/** A value as it appears in a message: JSON, cut to 60 characters. */
function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The issue that lies deepest: of a union's branches, the one that got furthest is what the writer meant. */
function deepest(issue: Issue, prefix: readonly PropertyKey[] = []): Issue & { at: readonly PropertyKey[] } {
  const at = [...prefix, ...issue.path];
  if (issue.code !== 'invalid_union') return { ...issue, at };
  const branches = issue.errors.map((issues) => {
    const first = issues[0];
    return first ? deepest(first, at) : undefined;
  });
  const found = branches.filter((branch) => branch !== undefined);
  const best = found.sort((a, b) => b.at.length - a.at.length)[0];
  return best && best.at.length > at.length ? best : { ...issue, at };
}

/** One sentence for one issue: what was wrong, and what is allowed. */
function explain(issue: Issue & { at: readonly PropertyKey[] }, root: unknown): string {
  const value = issue.at.reduce<unknown>(
    (node, key) =>
      node !== null && typeof node === 'object' ? (node as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
  const where = formatPath(issue.at) || 'the document';
  if (issue.code === 'unrecognized_keys') {
    return `${where === 'the document' ? '' : `${where}: `}unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}.`;
  }
  if (issue.code === 'invalid_value') {
    return `${where} is ${show(value)}; allowed: ${issue.values.map((allowed) => show(allowed)).join(', ')}.`;
  }
  return `${where} is ${show(value)}: ${issue.message.replace(/\.$/, '')}.`;
}

/**
 * Parses untrusted input with a schema.
 * @throws WaymarkError whose path names the offending key and whose message says what is allowed
 */
export function parseWith<T>(schema: z.ZodType<T>, input: unknown, code: ErrorCode, subject: string): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  if (!first) throw new WaymarkError(code, `${subject} is not valid.`);
  const issue = deepest(first);
  const keyed = issue.code === 'unrecognized_keys' ? [...issue.at, issue.keys[0] ?? ''] : issue.at;
  throw new WaymarkError(code, `${subject}: ${explain(issue, input)}`, { path: formatPath(keyed) });
}
