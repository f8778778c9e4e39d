import { BSON, type Document } from 'mongodb';
import { storedIdForms } from '../../filters/conditions';
import { placeId, type EventPlace } from '../../kernels/journey/assembleSession';
import type { SessionFigures } from '../../kernels/sessions/split';
import { selectEvents, timeMatch } from '../../mapping/selection';
import { journeyLookups, listSessionEvents, type JourneyRow } from '../../pipeline/journey';
import type { CompiledReport, RunContext } from '../context';

const CHUNK = 2_000;

function ownedBy(context: RunContext<'journey'>, session: SessionFigures): Document[] {
  const { mapping, identities } = context;
  const { userId, sessionId } = mapping.events.fields;
  const users = { [userId]: { $in: identities.allIdsOf(session.userId).flatMap(storedIdForms) } };
  if (sessionId === undefined) return [users];
  return [
    users,
    { [sessionId]: session.sessionId === null ? null : { $in: storedIdForms(session.sessionId) } },
  ];
}

/** All events of a session in order of (time, id), a thousand or two at a time, from a place on. */
export async function* streamSession(
  context: RunContext<'journey'>,
  compiled: CompiledReport,
  session: SessionFigures,
  from: EventPlace | null,
): AsyncGenerator<JourneyRow> {
  const { run, mapping } = context;
  const { fields } = mapping.events;
  const owned = ownedBy(context, session);
  let place = from;
  for (;;) {
    const start = place?.at ?? session.start;
    const isAfter: Document[] =
      place === null
        ? []
        : [
            {
              $nor: [
                {
                  $and: [
                    timeMatch(fields.timestamp, place.at, place.at + 1),
                    { [fields.id]: { $lte: BSON.EJSON.parse(place.id) as unknown } },
                  ],
                },
              ],
            },
          ];
    const stages = selectEvents(mapping, {
      from: start,
      to: session.end + 1,
      matches: [...owned, ...isAfter],
      lookups: [...compiled.filters.events.lookups, ...journeyLookups(mapping)],
    });
    let count = 0;
    let last: JourneyRow | undefined;
    const pipeline = listSessionEvents(mapping, stages, {
      matches: compiled.filters.events.expr,
      limit: CHUNK,
    });
    for await (const batch of run.aggregateEvents<JourneyRow & Document>(pipeline, {
      purpose: 'events of a session',
    })) {
      for (const row of batch) {
        count += 1;
        last = row;
        yield row;
      }
    }
    if (count < CHUNK || !last) return;
    place = { at: Number(last.at), id: placeId(last.id) };
  }
}
