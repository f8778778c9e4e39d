import { firstRowAt } from '../kernels/firstRowAt';
import { hasMatch } from '../kernels/kpis';
import { firstRowOf } from '../table/sessions';
import { flagCodes } from '../scan/flagCodes';
import { maskCounted } from '../scan/rowMask';
import { maskContext, type PartContext } from './partContext';

/** What the people of a part did in the range, those with a matching event; equal indexes belong together. */
export interface UsersPart {
  /** Canonical user ordinals. */
  readonly users: Uint32Array;
  readonly events: Uint32Array;
  readonly purchases: Uint32Array;
  readonly sessions: Uint32Array;
}

/** Counts each person's matching events and sessions in the range. @throws NotAColumn */
export function usersPart(context: PartContext<'users'>): UsersPart {
  const { report, data, range, sessionGapMs } = context;
  const { table, facts } = data;
  const { layout, at } = table;
  const mask = maskCounted(maskContext(context), report.filters);
  const { codes, values } = table.text('eventType');
  const isPurchase = flagCodes(values, facts.purchases);
  const all = table.sessions(sessionGapMs);
  const sessionsOf = new Uint32Array(layout.people);
  for (let session = 0, person = 0; session < all.count; session++) {
    const startedAt = all.startedAt.of(session);
    if (startedAt < range.from || startedAt >= range.to || !hasMatch(all, session, mask, layout.rows))
      continue;
    const row = firstRowOf(all, session, layout.rows);
    while ((layout.start[person + 1] as number) <= row) person++;
    sessionsOf[person] = (sessionsOf[person] as number) + 1;
  }
  const users = new Uint32Array(layout.people);
  const events = new Uint32Array(layout.people);
  const purchases = new Uint32Array(layout.people);
  const sessions = new Uint32Array(layout.people);
  let found = 0;
  for (let person = 0; person < layout.people; person++) {
    const end = layout.start[person + 1] as number;
    const first = firstRowAt(at, layout.start[person] as number, end, range.from);
    const last = firstRowAt(at, first, end, range.to);
    let count = 0;
    let bought = 0;
    for (let row = first; row < last; row++) {
      if (mask !== null && mask[row] === 0) continue;
      count++;
      bought += isPurchase[codes[row] as number] as number;
    }
    if (count === 0) continue;
    users[found] = layout.canonical[person] as number;
    events[found] = count;
    purchases[found] = bought;
    sessions[found++] = sessionsOf[person] as number;
  }
  return {
    users: users.slice(0, found),
    events: events.slice(0, found),
    purchases: purchases.slice(0, found),
    sessions: sessions.slice(0, found),
  };
}
