import type { PartLayout } from './personTable';

/** Every session of every person, numbered person after person in the order of their first events. */
export interface Sessions {
  readonly count: number;
  /** Session number of each row. */
  readonly ofRow: Uint32Array;
  /** First and last event, ms. */
  readonly startedAt: Float64Array;
  readonly endedAt: Float64Array;
  readonly events: Uint32Array;
  readonly person: Uint32Array;
  /** Row of the first event. */
  readonly firstRow: Uint32Array;
  /** 0: derived from gaps; else 1 + the ordinal of the id the client sent. */
  readonly sentId: Uint32Array;
  /** Rows session after session; null when they lie so already (no two sessions of a person overlap). */
  readonly rowsInOrder: Uint32Array | null;
}

/**
 * Sessions by the rule of `docs/semantics.md`: a stored id makes one session per person; a person's events
 * without one form sessions among themselves, cut where more than `gapMs` lie between two of them.
 * @param sent per row, 0 or 1 + ordinal of the sent id
 * @param sentIds how many sent ids there are
 */
export function deriveSessions(
  layout: Pick<PartLayout, 'rows' | 'people' | 'start'>,
  at: Float64Array,
  sent: Uint32Array,
  sentIds: number,
  gapMs: number,
): Sessions {
  const { rows, people, start } = layout;
  const ofRow = new Uint32Array(rows);
  const firstRow = new Uint32Array(rows);
  const seenBy = new Int32Array(sentIds + 1).fill(-1);
  const numberOf = new Uint32Array(sentIds + 1);
  let count = 0;
  for (let person = 0; person < people; person++) {
    const end = start[person + 1] as number;
    let derived = 0;
    let derivedLast = -Infinity;
    for (let row = start[person] as number; row < end; row++) {
      const id = sent[row] as number;
      if (id === 0) {
        const time = at[row] as number;
        if (time - derivedLast > gapMs) {
          derived = count;
          firstRow[count++] = row;
        }
        derivedLast = time;
        ofRow[row] = derived;
      } else {
        if (seenBy[id] !== person) {
          seenBy[id] = person;
          numberOf[id] = count;
          firstRow[count++] = row;
        }
        ofRow[row] = numberOf[id] as number;
      }
    }
  }
  return describe(layout, at, sent, ofRow, firstRow.slice(0, count));
}

/** The per-session figures, in one more scan. */
function describe(
  layout: Pick<PartLayout, 'rows' | 'people' | 'start'>,
  at: Float64Array,
  sent: Uint32Array,
  ofRow: Uint32Array,
  firstRow: Uint32Array,
): Sessions {
  const count = firstRow.length;
  const endedAt = new Float64Array(count);
  const events = new Uint32Array(count);
  for (let row = 0; row < layout.rows; row++) {
    const session = ofRow[row] as number;
    endedAt[session] = at[row] as number;
    events[session] = (events[session] as number) + 1;
  }
  const person = new Uint32Array(count);
  let current = 0;
  for (let session = 0; session < count; session++) {
    while ((layout.start[current + 1] as number) <= (firstRow[session] as number)) current++;
    person[session] = current;
  }
  return {
    count,
    ofRow,
    startedAt: Float64Array.from(firstRow, (row) => at[row] as number),
    endedAt,
    events,
    person,
    firstRow,
    sentId: firstRow.map((row) => sent[row] as number),
    rowsInOrder: orderRows(ofRow, events),
  };
}

/** Rows by session (stable counting sort), or null when that is the order they have. */
function orderRows(ofRow: Uint32Array, sizes: Uint32Array): Uint32Array | null {
  let isOrdered = true;
  for (let row = 1; row < ofRow.length && isOrdered; row++) {
    isOrdered = (ofRow[row - 1] as number) <= (ofRow[row] as number);
  }
  if (isOrdered) return null;
  const next = new Uint32Array(sizes.length);
  for (let session = 1; session < sizes.length; session++) {
    next[session] = (next[session - 1] as number) + (sizes[session - 1] as number);
  }
  const order = new Uint32Array(ofRow.length);
  ofRow.forEach((session, row) => {
    const at = next[session] as number;
    order[at] = row;
    next[session] = at + 1;
  });
  return order;
}
