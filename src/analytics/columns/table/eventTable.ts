import type { Block, TextColumn } from '../format/block';
import type { TextField } from '../format/columnEvent';
import { layOut, type Layout } from './layout';
import { scatterNumbers, scatterTexts, scatterUint32, type Placed } from './scatter';
import { deriveSessions, type Sessions } from './sessions';

/** A declared property in the layout's order. */
export type PropertyVector =
  | { readonly type: 'number'; readonly values: Float64Array }
  | { readonly type: 'text'; readonly column: TextColumn };

export interface TableInput {
  /** In time order. */
  readonly blocks: readonly Block[];
  /** Raw user ids by ordinal; null where no event has it. */
  readonly userIds: readonly (string | null)[];
  readonly sessionIds: readonly (string | null)[];
  /** alias → canonical id. */
  readonly identities: ReadonlyMap<string, string>;
}

/**
 * All events of a store in memory, person after person (`Layout`). Columns are laid out when they are first
 * asked for, so that a report pays only for what it reads.
 */
export class EventTable {
  readonly layout: Layout;
  /** Canonical user ids by canonical ordinal. */
  readonly userIds: readonly (string | null)[];
  readonly sessionIds: readonly (string | null)[];
  /** User ids as received, by raw ordinal. */
  readonly rawUserIds: readonly (string | null)[];
  readonly #blocks: readonly Block[];
  readonly #firstRows: readonly number[];
  readonly #texts = new Map<TextField, TextColumn>();
  readonly #properties = new Map<string, PropertyVector | null>();
  readonly #sessions = new Map<number, Sessions>();
  #at: Float64Array | null = null;
  #sent: Uint32Array | null = null;
  #rawUser: Uint32Array | null = null;
  #durations: Float64Array | null = null;

  constructor({ blocks, userIds, sessionIds, identities }: TableInput) {
    this.#blocks = blocks;
    this.sessionIds = sessionIds;
    this.rawUserIds = userIds;
    const ids = [...userIds];
    const ordinals = new Map(ids.map((id, ordinal) => [id, ordinal] as const));
    const canonicalOf = Uint32Array.from(userIds, (id, ordinal) => {
      const canonical = id === null ? undefined : identities.get(id);
      if (canonical === undefined) return ordinal;
      const known = ordinals.get(canonical);
      if (known !== undefined) return known;
      ordinals.set(canonical, ids.length);
      return ids.push(canonical) - 1;
    });
    this.userIds = ids;
    this.layout = layOut(blocks, canonicalOf, ids.length);
    let firstRow = 0;
    this.#firstRows = blocks.map((block) => {
      const first = firstRow;
      firstRow += block.rows;
      return first;
    });
  }

  #place<T>(columnOf: (block: Block) => T): (Placed<T> & { add: number })[] {
    return this.#blocks.map((block, index) => ({
      column: columnOf(block),
      firstRow: this.#firstRows[index] as number,
      add: block.start,
    }));
  }

  /** Time of each row, ms since 1970; ascending within a person. */
  get at(): Float64Array {
    this.#at ??= scatterNumbers(
      this.#place((block) => block.offset),
      this.layout.destination,
    );
    return this.#at;
  }

  /** Per row 0, or 1 + ordinal of the session id that the client sent. */
  get sent(): Uint32Array {
    this.#sent ??= scatterUint32(
      this.#place((block) => block.session),
      this.layout.destination,
    );
    return this.#sent;
  }

  /** Raw user ordinal of each row. */
  get rawUser(): Uint32Array {
    this.#rawUser ??= scatterUint32(
      this.#place((block) => block.user),
      this.layout.destination,
    );
    return this.#rawUser;
  }

  /** Seconds; NaN is missing. */
  get durationSec(): Float64Array {
    if (this.#durations) return this.#durations;
    const parts = this.#place((block) => block.durationSec).map(({ column, firstRow }) => ({
      column,
      firstRow,
    }));
    this.#durations = scatterNumbers(parts, this.layout.destination);
    return this.#durations;
  }

  text(field: TextField): TextColumn {
    const known = this.#texts.get(field);
    if (known) return known;
    const column = scatterTexts(
      this.#place((block) => block.texts[field]),
      this.layout.destination,
    );
    this.#texts.set(field, column);
    return column;
  }

  /** A declared property, or null when some block lacks it. */
  property(name: string): PropertyVector | null {
    const known = this.#properties.get(name);
    if (known !== undefined) return known;
    const vector = this.#layOutProperty(name);
    this.#properties.set(name, vector);
    return vector;
  }

  #layOutProperty(name: string): PropertyVector | null {
    const numbers: Placed<Float64Array>[] = [];
    const texts: Placed<TextColumn>[] = [];
    this.#blocks.forEach((block, index) => {
      const data = block.properties.get(name);
      const firstRow = this.#firstRows[index] as number;
      if (data?.type === 'number') numbers.push({ column: data.values, firstRow });
      else if (data) texts.push({ column: data.column, firstRow });
    });
    if (numbers.length === this.#blocks.length) {
      return { type: 'number', values: scatterNumbers(numbers, this.layout.destination) };
    }
    if (texts.length === this.#blocks.length) {
      return { type: 'text', column: scatterTexts(texts, this.layout.destination) };
    }
    return null;
  }

  sessions(gapMs: number): Sessions {
    const known = this.#sessions.get(gapMs);
    if (known) return known;
    const sessions = deriveSessions(this.layout, this.at, this.sent, this.sessionIds.length, gapMs);
    this.#sessions.set(gapMs, sessions);
    return sessions;
  }
}
