import type { ColumnSnapshot } from '../snapshot';
import { LanePool } from '../workers/lanePool';
import { LocalLane } from '../workers/lanes';
import { loadTable } from './loadTable';
import { resolvePeople, type People } from './people';
import { PersonTable } from './personTable';
import type { ColumnName } from './sharedColumns';

/** Loads columns of a snapshot as one table in this thread: for tests and for looking at single rows. */
export async function openWholeTable(
  snapshot: ColumnSnapshot,
  names: readonly ColumnName[],
): Promise<{ readonly table: PersonTable; readonly people: People }> {
  const identities = await snapshot.identities();
  const people = await resolvePeople(snapshot, identities);
  const { head, columns } = await loadTable(1, names, {
    parts: snapshot.parts,
    sessionCount: snapshot.sessionCount,
    people,
    isFollowed: false,
    pool: new LanePool([new LocalLane()]),
    readPart: async (part) => ('block' in part ? null : part.read()),
  });
  const whole = { ...head, parts: [0, head.canonical.length] };
  return { table: new PersonTable(whole, 0, columns), people };
}
