import type { Document } from 'mongodb';
import { storedForms } from '../filters/conditions';
import { typesPredicate, type EventPredicate, type PredicateContext } from '../filters/predicates';
import { accessEventField, type Expression, type LookupOrigin } from '../mapping/fields';

/**
 * One small integer for an event that tells which of a report's events it matches: the place of its type
 * among the types that matter, and one bit for each event that has conditions. It rides beside the event's
 * time in one number, so that a user's whole relevant history is a plain array of numbers.
 */
export interface EventClasses {
  /** Narrows the events to those that can match, by type, so that an index is used; undefined for any type. */
  readonly prefilter: Document | undefined;
  /** Classes are 0 … count − 1. */
  readonly count: number;
  /** The class of an event, as an expression. */
  readonly expr: Expression;
  readonly lookups: readonly LookupOrigin[];
  /** Whether an event of a class matches the event with this place among those given. */
  readonly matches: (eventClass: number, place: number) => boolean;
}

/**
 * Builds the classes of a report's events.
 * @param everyEvent keep events that match none of them too (class without matches)
 */
export function classifyEvents(
  events: readonly EventPredicate[],
  context: PredicateContext,
  everyEvent: boolean,
): EventClasses {
  const types = [...new Set(events.flatMap(({ types: own }) => own ?? []))];
  const isAnyType = everyEvent || events.some(({ types: own }) => own === null);
  const forms = types.flatMap((type) => storedForms(type).map((form) => ({ type, form })));
  const conditional = events.flatMap((event, place) => (event.isTypeOnly ? [] : [{ event, place }]));
  const bits = 2 ** conditional.length;
  const type = accessEventField(context.mapping, 'eventType');
  const terms: Expression[] = [];
  if (forms.length > 0) {
    const place: Expression = {
      $add: [{ $indexOfArray: [{ $literal: forms.map(({ form }) => form) }, type.expr] }, 1],
    };
    terms.push(bits === 1 ? place : { $multiply: [place, bits] });
  }
  conditional.forEach(({ event }, bit) => {
    terms.push({ $cond: [event.expr, 2 ** bit, 0] });
  });
  const bitOf = new Map(conditional.map(({ place }, bit) => [place, bit]));
  return {
    prefilter: isAnyType ? undefined : typesPredicate(types, context).match,
    count: (forms.length + 1) * bits,
    expr: terms.length === 0 ? 0 : terms.length === 1 ? (terms[0] as Expression) : { $add: terms },
    lookups: [...(type.lookup ? [type.lookup] : []), ...events.flatMap(({ lookups }) => lookups)],
    matches: (eventClass, place) => {
      const bit = bitOf.get(place);
      if (bit !== undefined) return Math.floor((eventClass % bits) / 2 ** bit) % 2 === 1;
      const own = events[place]?.types;
      if (own === null) return true;
      const form = forms[Math.floor(eventClass / bits) - 1];
      return form !== undefined && own !== undefined && own.includes(form.type);
    },
  };
}

/** The steps (or exclusions) of each class as bits; computed once per class that occurs. */
export class ClassMasks {
  readonly #masks = new Map<number, number>();

  /** @param places places among the classified events, one per bit; at most 31 */
  constructor(
    private readonly classes: EventClasses,
    private readonly places: readonly number[],
  ) {}

  maskOf(eventClass: number): number {
    const known = this.#masks.get(eventClass);
    if (known !== undefined) return known;
    let mask = 0;
    this.places.forEach((place, bit) => {
      if (this.classes.matches(eventClass, place)) mask |= 1 << bit;
    });
    this.#masks.set(eventClass, mask);
    return mask;
  }
}
