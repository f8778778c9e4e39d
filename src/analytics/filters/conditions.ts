import { ObjectId, type Document } from 'mongodb';
import type { Condition, Scalar } from '../../shared/reports/filters';
import type { Expression, FieldAccess } from '../mapping/fields';
import { DATE_TEXT, NUMBER_TEXT, readComparable } from './comparable';

/**
 * One condition on one field, as a match and as an expression. Both are exact; a filter's value only ever
 * stands in a literal, never where an operator or a path could.
 */

/** A match that nothing meets, and one that everything does. */
export const MATCH_NONE: Document = { $nor: [{}] };
export const MATCH_ALL: Document = {};

/** Everything that may be stored for a value: a number or boolean equals its text, a date its ISO text, an ObjectId its hex. */
export function storedForms(value: Scalar): unknown[] {
  if (typeof value !== 'string') return [value, String(value)];
  const forms: unknown[] = [value];
  if (value === 'true' || value === 'false') forms.push(value === 'true');
  const number = Number(value);
  if (Number.isFinite(number) && String(number) === value) forms.push(number);
  const date = /^[\d+-]/.test(value) ? new Date(value) : undefined;
  if (date && !Number.isNaN(date.getTime()) && date.toISOString() === value) forms.push(date);
  if (/^[0-9a-f]{24}$/.test(value)) forms.push(new ObjectId(value));
  return forms;
}

/** What may be stored for an id, known as text. */
export function storedIdForms(id: string): unknown[] {
  const number = Number(id);
  return [
    id,
    ...(Number.isFinite(number) && String(number) === id ? [number] : []),
    ...(/^[0-9a-f]{24}$/.test(id) ? [new ObjectId(id)] : []),
  ];
}

function wantedForms(
  condition: Extract<Condition, { op: 'eq' | 'ne' | 'in' | 'nin' | 'lt' | 'lte' | 'gt' | 'gte' }>,
): unknown[] {
  const values = 'values' in condition ? condition.values : [condition.value];
  return values.flatMap(storedForms);
}

/** A test of one element or of the value itself: true when it, or one element of it, passes. */
function someElement(value: Expression, test: (element: Expression) => Expression): Expression {
  return {
    $let: {
      vars: { value },
      in: {
        $cond: [
          { $isArray: ['$$value'] },
          { $anyElementTrue: [{ $map: { input: '$$value', as: 'element', in: test('$$element') } }] },
          test('$$value'),
        ],
      },
    },
  };
}

const isText = (value: Expression): Expression => ({ $eq: [{ $type: value }, 'string'] });

/** Text as a regular expression that matches exactly it. A NUL can't stand in a BSON regular expression. */
export function escapeRegex(text: string): string {
  return text
    .replace(/[\\^$.*+?()[\]{}|/#\s-]/g, (found) => `\\x{${found.charCodeAt(0).toString(16)}}`)
    .replaceAll('\0', '\\x{0}');
}

function regexOf(condition: Extract<Condition, { op: 'contains' | 'startsWith' }>): string {
  return (condition.op === 'startsWith' ? '^' : '') + escapeRegex(condition.value);
}

const COMPARISONS = { lt: '$lt', lte: '$lte', gt: '$gt', gte: '$gte' } as const;

function comparisonExpr(
  value: Expression,
  condition: Extract<Condition, { op: 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte' }>,
): Expression {
  const operator = COMPARISONS[condition.op as keyof typeof COMPARISONS];
  const wanted = readComparable(condition.value);
  if (wanted === null) return false;
  if (wanted instanceof Date) {
    return someElement(value, (element) => ({
      $switch: {
        branches: [
          { case: { $eq: [{ $type: element }, 'date'] }, then: { [operator]: [element, wanted] } },
          {
            case: { $and: [isText(element), { $regexMatch: { input: element, regex: DATE_TEXT.source } }] },
            then: {
              $let: {
                vars: { date: { $dateFromString: { dateString: element, onError: null } } },
                in: { $and: [{ $ne: ['$$date', null] }, { [operator]: ['$$date', wanted] }] },
              },
            },
          },
        ],
        default: false,
      },
    }));
  }
  // NaN sorts below every number in an expression, so it is kept out by a lower bound.
  const holds = (number: Expression): Expression => ({
    $and: [{ $gte: [number, -Infinity] }, { [operator]: [number, wanted] }],
  });
  return someElement(value, (element) => ({
    $switch: {
      branches: [
        { case: { $isNumber: element }, then: holds(element) },
        {
          case: { $and: [isText(element), { $regexMatch: { input: element, regex: NUMBER_TEXT.source } }] },
          then: holds({ $convert: { input: element, to: 'double', onError: NaN } }),
        },
      ],
      default: false,
    },
  }));
}

/** Whether a condition holds, as a boolean expression over an event (or a user's document). */
export function conditionExpr(access: FieldAccess, condition: Condition): Expression {
  const value: Expression = access.isId ? idTextExpr(access.expr) : access.expr;
  switch (condition.op) {
    case 'eq':
    case 'in': {
      const forms = { $literal: wantedForms(condition) };
      return someElement(access.expr, (element) => ({ $in: [element, forms] }));
    }
    case 'ne':
    case 'nin':
      return { $not: [conditionExpr(access, positive(condition))] };
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return comparisonExpr(value, condition);
    case 'exists': {
      const some = someElement(access.expr, (element) => ({ $gt: [element, null] }));
      return condition.value ? some : { $not: [some] };
    }
    case 'contains':
    case 'startsWith':
      return someElement(value, (element) => ({
        $and: [isText(element), { $regexMatch: { input: element, regex: regexOf(condition), options: 'i' } }],
      }));
  }
}

/** An id as text; a stored type without a text is no id. */
export function idTextExpr(id: Expression): Expression {
  return { $convert: { input: id, to: 'string', onError: null, onNull: null } };
}

/** `ne` as `eq`, `nin` as `in`. */
function positive(condition: Condition): Condition {
  if (condition.op === 'ne') return { ...condition, op: 'eq' };
  if (condition.op === 'nin') return { ...condition, op: 'in' };
  return condition;
}

/** Every type of value but null and undefined (arrays are matched by their elements). */
const VALUE_TYPES = [
  'double',
  'string',
  'object',
  'binData',
  'objectId',
  'bool',
  'date',
  'regex',
  'javascript',
  'int',
  'timestamp',
  'long',
  'decimal',
];

/** Whether a condition holds, as a match over an event (or a user's document); uses an index where it can. */
export function conditionMatch(access: FieldAccess, condition: Condition): Document {
  const { path } = access;
  const asExpr = (): Document => {
    const expr = conditionExpr(access, condition);
    return expr === false ? MATCH_NONE : { $expr: expr };
  };
  // In a match a number in a path also means a position in an array; in an expression it is a name only.
  if (path === undefined || /(^|\.)\d+(\.|$)/.test(path)) return asExpr();
  switch (condition.op) {
    case 'eq':
    case 'in':
      return { [path]: equalsOneOf(wantedForms(condition)) };
    case 'ne':
    case 'nin':
      return { [path]: { $nin: wantedForms(condition) } };
    case 'exists':
      return condition.value
        ? { [path]: { $type: VALUE_TYPES } }
        : { [path]: { $not: { $type: VALUE_TYPES } } };
    case 'contains':
    case 'startsWith':
      return access.isId ? asExpr() : { [path]: { $regex: regexOf(condition), $options: 'i' } };
    default:
      return asExpr();
  }
}

const equalsOneOf = (forms: readonly unknown[]): Document =>
  forms.length === 1 ? { $eq: forms[0] } : { $in: forms };

/** Whether a condition holds for a field that is missing. */
export function holdsWhenMissing(condition: Condition): boolean {
  if (condition.op === 'exists') return !condition.value;
  return condition.op === 'ne' || condition.op === 'nin';
}
