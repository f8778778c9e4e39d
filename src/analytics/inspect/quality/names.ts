import { listText, plural, type Finding, type QualityCheck } from './finding';

/** What a name says, whatever its capitals, spaces, dashes and underscores. */
export function essenceOf(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Names that say the same but are written differently, most used first. */
export function findVariants(
  names: Iterable<readonly [name: string, count: number]>,
): { readonly names: string[]; readonly rare: number }[] {
  const groups = new Map<string, [string, number][]>();
  for (const [name, count] of names) {
    const essence = essenceOf(name);
    if (essence === '') continue;
    groups.set(essence, [...(groups.get(essence) ?? []), [name, count]]);
  }
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => {
      const sorted = group.sort(([, a], [, b]) => b - a);
      return {
        names: sorted.map(([name]) => name),
        rare: sorted.slice(1).reduce((sum, [, count]) => sum + count, 0),
      };
    });
}

const eventNames: QualityCheck = {
  title: 'Names of events',
  run: (_request, { catalogue }) =>
    findVariants(catalogue.events.map(({ event, count }) => [event, count])).map(
      ({ names, rare }): Finding => ({
        code: 'nameVariants',
        severity: 'problem',
        text: `The events ${listText(names)} look like one event under several names; reports count them apart. Send one name, and choose all of them in a step until then.`,
        count: rare,
        example: names[1] ?? '',
      }),
    ),
};

const propertyNames: QualityCheck = {
  title: 'Names of properties',
  run: (_request, { properties }) =>
    findVariants(properties.map(({ name, count }) => [name, count])).map(({ names, rare }): Finding => ({
      code: 'propertyNameVariants',
      severity: 'warning',
      text: `The properties ${listText(names)} look like one under several names; a filter or breakdown sees only the one it names. Send one name.`,
      count: rare,
      example: `properties.${names[1] ?? ''}`,
    })),
};

/** Event types that differ only in a number or an id, from here on. */
const MANY_SIBLINGS = 20;

/** A name with everything that varies replaced: hex ids, UUIDs and numbers. */
const patternOf = (name: string): string =>
  name
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '#')
    .replace(/\b[0-9a-f]{12,}\b/gi, '#')
    .replace(/\d+/g, '#');

const dynamicNames: QualityCheck = {
  title: 'Names with ids in them',
  run: (_request, { catalogue }) => {
    const families = new Map<string, { types: number; events: number; example: string }>();
    for (const { event, count } of catalogue.events) {
      const pattern = patternOf(event);
      if (pattern === event) continue;
      const family = families.get(pattern) ?? { types: 0, events: 0, example: event };
      families.set(pattern, { ...family, types: family.types + 1, events: family.events + count });
    }
    return [...families]
      .filter(([, { types }]) => types >= MANY_SIBLINGS)
      .map(([pattern, { types, events, example }]): Finding => ({
        code: 'dynamicNames',
        severity: 'problem',
        text: `${plural(types, 'event type')} follow the pattern "${pattern}": an id is part of the name. Send one name and put the id into a property.`,
        count: events,
        example,
      }));
  },
};

const mixedTypes: QualityCheck = {
  title: 'Types of properties',
  run: (_request, { properties }) =>
    properties
      .filter(({ types }) => types.size > 1)
      .slice(0, 50)
      .map(({ name, types, examples }): Finding => {
        const sorted = [...types].sort(([, a], [, b]) => b - a);
        const told = sorted.map(([type, count]) => `${type} (${plural(count, 'event')})`).join(' and ');
        return {
          code: 'mixedTypes',
          severity: 'warning',
          text: `properties.${name} is stored as ${told}. Sums leave out text that is no number, and ranges compare like with like only. Send one type.`,
          count: sorted.slice(1).reduce((sum, [, count]) => sum + count, 0),
          ...(examples[0] === undefined ? {} : { example: examples.join(', ') }),
        };
      }),
};

/** Checks of how things are named and typed. */
export const NAME_CHECKS: readonly QualityCheck[] = [eventNames, propertyNames, dynamicNames, mixedTypes];
