import { releaseBuffers } from '../workers/ownBuffers';
import type { PartLayout } from './personTable';
import type { Times } from './times';

/**
 * Every session of every person, numbered person after person in the order of their first events. The rows of a
 * session are neighbours, unless another one of the same person lies between them: then they are listed apart.
 */
export interface Sessions {
  readonly count: number;
  /** Row of the first event; of a session whose rows are listed apart: the number of rows + where its list begins. */
  readonly first: Uint32Array;
  readonly events: Uint32Array;
  /** Rows of the sessions that others interrupt, one session after the other. */
  readonly apart: Uint32Array;
  /** The id that the client sent: 0 for none, or 1 + its ordinal. */
  readonly sent: Uint32Array;
  /** First event, ms. */
  readonly startedAt: Times;
  /** From the first to the last event, ms. */
  readonly durationMs: Uint32Array | Float64Array;
}

/** Row of a session's first event. @param rows how many rows there are */
export function firstRowOf({ first, apart }: Sessions, session: number, rows: number): number {
  const place = first[session] as number;
  return place < rows ? place : (apart[place - rows] as number);
}

/** Per row 0, or 1 + ordinal of the id that the client sent: what the sessions were derived from. */
export function sentOfRows({ count, first, events, apart, sent }: Sessions, rows: number): Uint32Array {
  const ids = new Uint32Array(rows);
  for (let session = 0; session < count; session++) {
    const id = sent[session] as number;
    const begin = first[session] as number;
    const end = begin + (events[session] as number);
    if (id === 0) continue;
    if (begin < rows) ids.fill(id, begin, end);
    else for (let place = begin; place < end; place++) ids[apart[place - rows] as number] = id;
  }
  return ids;
}

/** More sessions of one person than these are found by a map. */
const FEW_SESSIONS = 16;

/** Numbers the sessions of one person after the other; working memory is reused. */
class SessionNumbers {
  readonly #ids = new Uint32Array(FEW_SESSIONS);
  #first = 0;
  #found = 0;
  #many: Map<number, number> | null = null;

  /** The next person's sessions are numbered from here on. */
  begin(first: number): void {
    this.#first = first;
    this.#found = 0;
    this.#many = null;
  }

  /** The session that has an id; −1 for none. */
  find(id: number): number {
    if (this.#many) return this.#many.get(id) ?? -1;
    for (let index = this.#found - 1; index >= 0; index--) {
      if (this.#ids[index] === id) return this.#first + index;
    }
    return -1;
  }

  /** Takes the next session. @param id 0 for a derived one */
  add(id: number): void {
    const index = this.#found++;
    if (this.#many) {
      if (id !== 0) this.#many.set(id, this.#first + index);
    } else if (index < FEW_SESSIONS) this.#ids[index] = id;
    else {
      this.#many = new Map(Array.from(this.#ids, (known, at) => [known, this.#first + at]));
      this.#many.delete(0);
      if (id !== 0) this.#many.set(id, this.#first + index);
    }
  }
}

/**
 * Sessions by the rule of `docs/semantics.md`: a stored id makes one session per person; a person's events
 * without one form sessions among themselves, cut where more than `gapMs` lie between two of them.
 * @param sent per row, 0 or 1 + ordinal of the sent id
 */
export function deriveSessions(
  layout: Pick<PartLayout, 'rows' | 'people' | 'start'>,
  at: Times,
  sent: Uint32Array,
  gapMs: number,
): Sessions {
  const { rows, people, start } = layout;
  const ofRow = new Uint32Array(rows);
  // Sessions that go on after a row of another one.
  const interrupted: number[] = [];
  const numbers = new SessionNumbers();
  let count = 0;
  for (let person = 0; person < people; person++) {
    const end = start[person + 1] as number;
    numbers.begin(count);
    let derived = -1;
    let derivedLast = -Infinity;
    let lastId = -1;
    let last = -1;
    for (let row = start[person] as number; row < end; row++) {
      const id = sent[row] as number;
      const known = count;
      let session = last;
      if (id === 0) {
        const time = at.of(row);
        if (time - derivedLast > gapMs) {
          derived = count++;
          numbers.add(0);
        }
        derivedLast = time;
        session = derived;
      } else if (id !== lastId) {
        session = numbers.find(id);
        if (session < 0) {
          session = count++;
          numbers.add(id);
        }
      }
      if (session !== last && session < known) interrupted.push(session);
      last = session;
      lastId = id;
      ofRow[row] = session;
    }
  }
  const sessions = describe(at, sent, ofRow, count, [...new Set(interrupted)]);
  releaseBuffers([ofRow.buffer]);
  return sessions;
}

/** The figures of sessions from the number of each row's session. @param interrupted sessions whose rows are no neighbours */
function describe(
  at: Times,
  sent: Uint32Array,
  ofRow: Uint32Array,
  count: number,
  interrupted: readonly number[],
): Sessions {
  const rows = ofRow.length;
  const first = new Uint32Array(count);
  const events = new Uint32Array(count);
  const ids = new Uint32Array(count);
  const durations = new Float64Array(count);
  let longest = 0;
  for (let row = 0; row < rows; row++) {
    const session = ofRow[row] as number;
    if (events[session] === 0) {
      first[session] = row;
      ids[session] = sent[row] as number;
    }
    events[session] = (events[session] as number) + 1;
    const duration = at.of(row) - at.of(first[session] as number);
    durations[session] = duration;
    if (duration > longest) longest = duration;
  }
  const startedAt = at.pick(first);
  const apart = new Uint32Array(interrupted.reduce((sum, session) => sum + (events[session] as number), 0));
  let place = 0;
  for (const session of interrupted) {
    let row = first[session] as number;
    first[session] = rows + place;
    for (let left = events[session] as number; left > 0; row++) {
      if (ofRow[row] !== session) continue;
      apart[place++] = row;
      left--;
    }
  }
  const durationMs = longest < 2 ** 32 ? Uint32Array.from(durations) : durations;
  return { count, first, events, apart, sent: ids, startedAt, durationMs };
}
