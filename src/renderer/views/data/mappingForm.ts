import {
  parseMapping,
  TIME_FORMATS,
  type DurationSource,
  type Mapping,
  type PagePathSource,
  type TimeSource,
  type ValueSource,
} from '../../../shared/model/mapping';

/** Where a field is read from: a document, or always the same value. */
export const ORIGINS = ['event', 'session', 'user', 'constant'] as const;
export type Origin = (typeof ORIGINS)[number];

/** One field as it is edited; an empty value leaves it out. */
export interface FieldForm {
  readonly from: Origin;
  readonly value: string;
  /** How it is stored, for those that can be stored in several ways. */
  readonly as: string;
}

/** How a field of an event may be read. */
export interface FieldSpec {
  readonly field: string;
  readonly needed?: boolean;
  /** Only a path of the event. */
  readonly plain?: boolean;
  /** Ways in which it may be stored, the usual one first. */
  readonly ways?: readonly string[];
}

/** The fields of an event, in the order in which they are shown. */
export const EVENT_SPECS: readonly FieldSpec[] = [
  { field: 'id', plain: true },
  { field: 'userId', plain: true, needed: true },
  { field: 'anonymousId', plain: true },
  { field: 'sessionId', plain: true },
  { field: 'eventType', needed: true },
  { field: 'timestamp', needed: true, plain: true, ways: TIME_FORMATS },
  { field: 'durationSec', ways: ['seconds', 'milliseconds'] },
  { field: 'device' },
  { field: 'browser' },
  { field: 'os' },
  { field: 'country' },
  { field: 'page.url' },
  { field: 'page.path', ways: ['text', 'urlPath'] },
  { field: 'page.title' },
  { field: 'page.referrer' },
  { field: 'properties', plain: true },
];

/** The fields of a user's document. */
export const USER_SPECS: readonly FieldSpec[] = [
  { field: 'id', plain: true },
  { field: 'name', plain: true },
  { field: 'email', plain: true },
  { field: 'device', plain: true },
  { field: 'country', plain: true },
  { field: 'createdAt', plain: true, ways: TIME_FORMATS },
  { field: 'lastActiveAt', plain: true, ways: TIME_FORMATS },
  { field: 'traits', plain: true },
];

/** A mapping as it is edited. */
export interface MappingForm {
  readonly name: string;
  readonly collection: string;
  readonly unwind: string;
  readonly event: Readonly<Record<string, FieldForm>>;
  /** Collection of sessions; empty when there is none. */
  readonly sessions: string;
  readonly sessionId: string;
  readonly users: string;
  readonly user: Readonly<Record<string, FieldForm>>;
  readonly pageViews: string;
  readonly purchases: string;
  /** Kept as it is. */
  readonly identities: Mapping['identities'];
}

type AnySource = string | ValueSource | TimeSource | DurationSource | PagePathSource | undefined;

function fieldOf(source: AnySource, way: string): FieldForm {
  if (source === undefined) return { from: 'event', value: '', as: way };
  if (typeof source === 'string') return { from: 'event', value: source, as: way };
  if ('constant' in source) return { from: 'constant', value: String(source.constant), as: way };
  const as = 'as' in source ? source.as : 'unit' in source ? source.unit : way;
  return { from: 'from' in source ? source.from : 'event', value: source.path, as };
}

/** The form that edits a mapping. */
export function formOfMapping(mapping: Mapping): MappingForm {
  const { page, ...fields } = mapping.events.fields;
  const sources: Readonly<Record<string, AnySource>> = {
    ...fields,
    ...Object.fromEntries(Object.entries(page).map(([name, source]) => [`page.${name}`, source])),
  };
  const userSources: Readonly<Record<string, AnySource>> = mapping.users?.fields ?? {};
  const forms = (specs: readonly FieldSpec[], from: Readonly<Record<string, AnySource>>) =>
    Object.fromEntries(specs.map(({ field, ways }) => [field, fieldOf(from[field], ways?.[0] ?? '')]));
  return {
    name: mapping.name,
    collection: mapping.events.collection,
    unwind: mapping.events.unwind ?? '',
    event: forms(EVENT_SPECS, sources),
    sessions: mapping.sessions?.collection ?? '',
    sessionId: mapping.sessions?.fields.id ?? '_id',
    users: mapping.users?.collection ?? '',
    user: forms(USER_SPECS, userSources),
    pageViews: mapping.roles.pageViews.join(', '),
    purchases: mapping.roles.purchases.join(', '),
    identities: mapping.identities,
  };
}

/** A constant as typed: a number or a truth value where it reads as one. */
function constantOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) && String(number) === text ? number : text;
}

function sourceOf({ field, plain, ways }: FieldSpec, form: FieldForm): unknown {
  const path = form.value.trim();
  if (form.from === 'constant') return { constant: constantOf(path) };
  if (plain) return ways ? { path, as: form.as } : path;
  const origin = { path, from: form.from };
  if (!ways) return origin;
  return field === 'durationSec' ? { ...origin, unit: form.as } : { ...origin, as: form.as };
}

const given = (
  specs: readonly FieldSpec[],
  forms: Readonly<Record<string, FieldForm>>,
): [field: string, source: unknown][] =>
  specs.flatMap((spec): [string, unknown][] => {
    const form = forms[spec.field];
    return form && form.value.trim() !== '' ? [[spec.field, sourceOf(spec, form)]] : [];
  });

const listOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
];

/**
 * The mapping that a form makes.
 * @throws WaymarkError `badMapping` with the path of what is missing or wrong
 */
export function mappingOfForm(form: MappingForm): Mapping {
  const event = given(EVENT_SPECS, form.event);
  const isPage = ([field]: [string, unknown]): boolean => field.startsWith('page.');
  const input = {
    version: 1,
    name: form.name.trim() || 'own',
    events: {
      collection: form.collection,
      ...(form.unwind.trim() === '' ? {} : { unwind: form.unwind.trim() }),
      fields: {
        ...Object.fromEntries(event.filter((entry) => !isPage(entry))),
        page: Object.fromEntries(
          event.filter(isPage).map(([field, source]) => [field.slice('page.'.length), source]),
        ),
      },
    },
    ...(form.sessions === ''
      ? {}
      : { sessions: { collection: form.sessions, fields: { id: form.sessionId.trim() || '_id' } } }),
    ...(form.users === ''
      ? {}
      : { users: { collection: form.users, fields: Object.fromEntries(given(USER_SPECS, form.user)) } }),
    ...(form.identities === undefined ? {} : { identities: form.identities }),
    roles: { pageViews: listOf(form.pageViews), purchases: listOf(form.purchases) },
  };
  return parseMapping(input);
}
