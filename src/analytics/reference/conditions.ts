import type { Condition, Filter, ReportEvent } from '../../shared/reports/filters';
import { readRange, type ReferenceRange } from './localTime';
import type { World, WorldEvent } from './world';

/** In which world, and for which range, a condition is asked. */
export interface Scope {
  readonly world: World;
  readonly range: ReferenceRange;
  /** ms. */
  readonly now: number;
}

const NUMERIC_TEXT = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const DATE_TEXT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;

/** Everything a path leads to; through an array it leads to each element's. */
function reach(node: unknown, path: readonly string[]): unknown[] {
  const [key, ...rest] = path;
  if (key === undefined) return [node];
  if (Array.isArray(node))
    return node.flatMap((element) => (Array.isArray(element) ? [] : reach(element, path)));
  if (node === null || typeof node !== 'object' || node instanceof Date) return [];
  return Object.hasOwn(node, key) ? reach((node as Record<string, unknown>)[key], rest) : [];
}

/** The one value a path names, for grouping: through an array it is the array of what the elements hold. */
function pick(node: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return node;
  if (Array.isArray(node)) {
    return node.map((element) => pick(element, path)).filter((value) => value !== undefined);
  }
  if (node === null || typeof node !== 'object' || node instanceof Date) return undefined;
  return Object.hasOwn(node, key) ? pick((node as Record<string, unknown>)[key], rest) : undefined;
}

/** Where a field lives: the object to start from, and the path in it. */
function locate(field: string, event: WorldEvent, world: World): { root: unknown; path: string[] } {
  if (!field.startsWith('user.')) return { root: event.stored, path: field.split('.') };
  const name = field.slice('user.'.length);
  if (name === 'userId') return { root: { userId: event.user }, path: ['userId'] };
  const profile = world.profiles.get(event.user);
  const fixed = ['name', 'email', 'device', 'country', 'createdAt', 'lastActiveAt'].includes(name);
  if (fixed || name.startsWith('traits.')) return { root: profile, path: name.split('.') };
  return { root: profile?.traits, path: name.split('.') };
}

/** A simple value as text; undefined for objects, arrays and what is missing. */
function simpleText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  return undefined;
}

/** The value of a field by which an event is grouped, as text. */
export function groupText(field: string, event: WorldEvent, world: World): string {
  const { root, path } = locate(field, event, world);
  const value = pick(root, path);
  if (value === undefined || value === null) return '(none)';
  return simpleText(value) ?? JSON.stringify(value);
}

/** A number, from a number or numeric text. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string' && NUMERIC_TEXT.test(value)) {
    const number = Number(value);
    return Number.isFinite(number) ? number : undefined;
  }
  return undefined;
}

function readDate(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'string' || !DATE_TEXT.test(value)) return undefined;
  const instant = Date.parse(value);
  if (Number.isNaN(instant)) return undefined;
  const day = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  return day.toISOString().startsWith(value.slice(0, 10)) ? instant : undefined;
}

/** The numbers an event holds in a field; an array gives each of its elements. */
export function numbersIn(field: string, event: WorldEvent, world: World): number[] {
  return elementsOf(field, event, world).flatMap((value) => readNumber(value) ?? []);
}

/** All values of a field, an array's elements one by one, without nulls. */
function elementsOf(field: string, event: WorldEvent, world: World): unknown[] {
  const { root, path } = locate(field, event, world);
  return reach(root, path)
    .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter((value) => value !== null && value !== undefined);
}

function inOrder(op: 'lt' | 'lte' | 'gt' | 'gte', stored: unknown, wanted: unknown): boolean {
  const compare = (a: number, b: number): boolean =>
    op === 'lt' ? a < b : op === 'lte' ? a <= b : op === 'gt' ? a > b : a >= b;
  const numbers = [readNumber(stored), readNumber(wanted)] as const;
  if (numbers[0] !== undefined && numbers[1] !== undefined) return compare(numbers[0], numbers[1]);
  const dates = [readDate(stored), readDate(wanted)] as const;
  if (dates[0] !== undefined && dates[1] !== undefined) return compare(dates[0], dates[1]);
  return false;
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function conditionHolds(condition: Condition, event: WorldEvent, world: World): boolean {
  const values = elementsOf(condition.field, event, world);
  const equals = (wanted: unknown): boolean =>
    values.some((value) => simpleText(value) !== undefined && simpleText(value) === simpleText(wanted));
  switch (condition.op) {
    case 'eq':
      return equals(condition.value);
    case 'ne':
      return !equals(condition.value);
    case 'in':
      return condition.values.some(equals);
    case 'nin':
      return !condition.values.some(equals);
    case 'exists':
      return values.length > 0 === condition.value;
    case 'contains':
    case 'startsWith': {
      const pattern = new RegExp(
        (condition.op === 'startsWith' ? '^' : '') + escapeForPattern(condition.value),
        'iu',
      );
      return values.some((value) => typeof value === 'string' && pattern.test(value));
    }
    default:
      return values.some((value) => inOrder(condition.op as 'lt', value, condition.value));
  }
}

/** Whether an event is the one a report speaks of. */
export function isEvent(wanted: ReportEvent, event: WorldEvent, scope: Scope): boolean {
  if (typeof wanted === 'string') return wanted === '*' || wanted === event.type;
  if ('anyOf' in wanted) return wanted.anyOf.some((one) => isEvent(one, event, scope));
  return (
    isEvent(wanted.event, event, scope) && (wanted.where ?? []).every((filter) => holds(filter, event, scope))
  );
}

/** Whether an event (with its user) satisfies a filter. */
export function holds(filter: Filter, event: WorldEvent, scope: Scope): boolean {
  if ('anyOf' in filter) return filter.anyOf.some((one) => holds(one, event, scope));
  if ('did' in filter || 'didNot' in filter) {
    const range = filter.range === undefined ? scope.range : readRange(filter.range, scope.now);
    const wanted = 'did' in filter ? filter.did : filter.didNot;
    const times = (scope.world.eventsOf.get(event.user) ?? []).filter(
      (own) => own.at >= range.from && own.at < range.to && isEvent(wanted, own, scope),
    ).length;
    return 'did' in filter ? times >= filter.atLeast : times === 0;
  }
  return conditionHolds(filter, event, scope.world);
}

/** Whether an event satisfies all filters of a report. */
export function passes(filters: readonly Filter[], event: WorldEvent, scope: Scope): boolean {
  return filters.every((filter) => holds(filter, event, scope));
}
