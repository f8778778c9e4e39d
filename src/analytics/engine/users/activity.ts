import type { Document } from 'mongodb';
import { storedIdForms } from '../../filters/conditions';
import { rawUserExpr } from '../../mapping/fields';
import { selectEvents } from '../../mapping/selection';
import { idText } from '../../mapping/storedText';
import { countOf, hasRoleExpr } from '../../pipeline/sessions';
import type { CompiledReport, RunContext } from '../context';
import { sliceRange } from '../slices';

/** What a user did in the range: events that match the filters. */
export interface Activity {
  events: number;
  purchases: number;
}

/**
 * Counts each user's matching events in the range.
 * @param userIds only these canonical users; everybody when not given
 */
export async function countActivity(
  context: RunContext<'users'>,
  { filters }: CompiledReport,
  userIds?: readonly string[],
): Promise<Map<string, Activity>> {
  const { run, mapping, identities, range } = context;
  const named: Document[] = userIds
    ? [
        {
          [mapping.events.fields.userId]: {
            $in: userIds.flatMap((id) => identities.allIdsOf(id).flatMap(storedIdForms)),
          },
        },
      ]
    : filters.usersMatch.slice();
  const activity = new Map<string, Activity>();
  const read = async (from: number, to: number): Promise<void> => {
    const pipeline = [
      ...selectEvents(mapping, {
        from,
        to,
        matches: [...named, filters.events.match].filter((match) => Object.keys(match).length > 0),
        lookups: filters.events.lookups,
      }),
      {
        $group: {
          _id: rawUserExpr(mapping),
          n: { $sum: 1 },
          b: countOf(hasRoleExpr(mapping, mapping.roles.purchases)),
        },
      },
    ];
    for await (const batch of run.aggregateEvents<{ _id: unknown; n: number; b: number }>(pipeline, {
      purpose: 'events of each user',
    })) {
      for (const { _id, n, b } of batch) {
        const id = idText(_id);
        if (id === null) continue;
        const userId = identities.canonicalOf(id);
        if (!filters.acceptsUser(userId)) continue;
        const known = activity.get(userId);
        if (known) {
          known.events += n;
          known.purchases += b;
        } else {
          activity.set(userId, { events: n, purchases: b });
        }
      }
    }
  };
  const slices = userIds ? [range] : sliceRange(context, range);
  await Promise.all(slices.map(({ from, to }) => read(from, to)));
  return activity;
}
