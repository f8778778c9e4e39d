import type { Document } from 'mongodb';
import type { ResolvedRange } from '../../../shared/time/range';
import { storedIdForms } from '../../filters/conditions';
import type { EventPredicate } from '../../filters/predicates';
import type { LooseEvents } from '../../kernels/sessions/split';
import type { Expression, LookupOrigin } from '../../mapping/fields';
import { selectEvents } from '../../mapping/selection';
import { valueText } from '../../mapping/storedText';
import type { Packs } from '../../pipeline/packs';
import { listLoose, type SessionGrouping, type SessionRow } from '../../pipeline/sessions';
import type { AnyRunContext, CompiledReport } from '../context';

/** Which sessions are wanted, and what of them. */
export interface SessionQuery {
  readonly range: ResolvedRange;
  readonly compiled: CompiledReport;
  /** A session counts when one of its events matches this too. */
  readonly event?: EventPredicate;
  /** The breakdown's value on an event. */
  readonly value?: Expression;
  readonly valueLookups?: readonly LookupOrigin[];
  /** Only these canonical users. */
  readonly users?: readonly string[];
  /** Set where only starts and matches are asked for: ends and numbers of events may then be missing. */
  readonly startsOnly?: boolean;
  /** Whether page views are counted. */
  readonly withPageViews?: boolean;
  /** Whether the matching events are told apart by role and instant. */
  readonly withDetails?: boolean;
  /** Further accumulators over the events of the range, and who takes each row's. */
  readonly extras?: Document;
  readonly onRow?: (canonicalId: string, row: SessionRow) => void;
  /** Told when rows given so far do not count, since reading begins anew. */
  readonly onRestart?: () => void;
}

/** A stretch of time with open ends, ms; `to` exclusive. */
export interface Window {
  readonly from?: number;
  readonly to?: number;
}

/** What the pipelines of a query have in common. */
export class SessionSelection {
  readonly #context: AnyRunContext;
  readonly #query: SessionQuery;

  constructor(context: AnyRunContext, query: SessionQuery) {
    this.#context = context;
    this.#query = query;
  }

  grouping(
    window: Window,
    matches: readonly Document[],
    options: { withLoose: boolean; extras?: Document | undefined; packs?: Packs },
  ): SessionGrouping {
    const { compiled, event, value, valueLookups, range } = this.#query;
    const { events } = compiled.filters;
    const conditions = [events.expr, event?.expr ?? true].filter((expr) => expr !== true);
    const { mapping, everyEventHasUser } = this.#context;
    const [only = true] = conditions;
    return {
      mapping,
      stages: selectEvents(mapping, {
        ...window,
        everyEventHasUser,
        matches: matches.filter((match) => Object.keys(match).length > 0),
        lookups: [...events.lookups, ...(event?.lookups ?? []), ...(valueLookups ?? [])],
      }),
      matches: conditions.length > 1 ? { $and: conditions } : only,
      value: value ?? null,
      origin: range.from,
      withPageViews: this.#query.withPageViews === true,
      withDetails: this.#query.withDetails === true,
      withSpans: this.#query.startsOnly !== true || options.withLoose,
      withLoose: options.withLoose,
      packs: options.packs ?? null,
      ...(options.extras ? { extras: options.extras } : {}),
    };
  }

  /** The path of the stored session id; undefined when events have none. */
  get sessionPath(): string | undefined {
    return this.#context.mapping.events.fields.sessionId;
  }

  /** Events without a session id. */
  looseOnly(): Document {
    return this.sessionPath === undefined ? {} : { [this.sessionPath]: null };
  }

  /** The query's users by every stored form of their ids, where it names some. */
  namedUsers(): Document[] {
    const { users } = this.#query;
    return users ? [this.ofUsers(users)] : [];
  }

  ofUsers(users: readonly string[]): Document {
    const { identities, mapping } = this.#context;
    const forms = users.flatMap((id) => identities.allIdsOf(id).flatMap(storedIdForms));
    return { [mapping.events.fields.userId]: { $in: forms } };
  }

  /** The events of a user who has too many for one document, one by one. */
  async streamLoose(grouping: SessionGrouping, rawUser: unknown): Promise<LooseEvents> {
    const { run, mapping } = this.#context;
    const pipeline = [{ $match: { [mapping.events.fields.userId]: rawUser } }, ...listLoose(grouping)];
    const packed: number[] = [];
    const values: (string | null)[] = [];
    for await (const batch of run.aggregateEvents<{ t: number; w?: unknown }>(pipeline, {
      purpose: 'events of one user with very many',
    })) {
      for (const { t, w } of batch) {
        packed.push(t);
        if (grouping.value !== null) values.push(valueText(w));
      }
    }
    return grouping.value === null ? { packed } : { packed, values };
  }
}

/** Events of a row without a session id. */
export function looseOf(
  packed: readonly number[],
  values: readonly unknown[] | null | undefined,
): LooseEvents {
  return values ? { packed, values: values.map(valueText) } : { packed };
}

/** Events of several rows of one user as one. */
export function joinLoose(parts: readonly LooseEvents[]): LooseEvents {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const packed = parts.flatMap((part) => Array.from(part.packed));
  return first?.values
    ? { packed, values: parts.flatMap((part) => Array.from(part.values ?? [])) }
    : { packed };
}
