import type { StoredEvent } from '../../../shared/model/event';
import type { Snapshot } from '../../source/snapshot';
import { allDocuments, type Source } from '../../source/source';
import type { Block } from '../format/block';
import { decodeBlock } from '../format/decode';
import type { ColumnSnapshot } from '../snapshot';

/** Every row of a snapshot as one line of text, sorted: what columns say is stored. */
export async function rowsOfSnapshot(snapshot: ColumnSnapshot): Promise<string[]> {
  const [userIds, sessionIds] = await Promise.all([snapshot.userIds(), snapshot.sessionIds()]);
  const lines: string[] = [];
  for (const part of snapshot.parts) {
    const block: Block = 'block' in part ? part.block : decodeBlock(await part.read());
    for (let row = 0; row < block.rows; row++) {
      const session = block.session[row] ?? 0;
      const textOf = (field: 'eventType' | 'device' | 'page.path'): string | null => {
        const { codes, values } = block.texts[field];
        const code = codes[row] ?? 0;
        return code === 0 ? null : (values[code] ?? null);
      };
      lines.push(
        JSON.stringify([
          part.start + (block.offset[row] ?? NaN),
          userIds[block.user[row] ?? -1] ?? null,
          session === 0 ? null : (sessionIds[session - 1] ?? null),
          textOf('eventType'),
          textOf('device'),
          textOf('page.path'),
        ]),
      );
    }
  }
  return lines.sort();
}

/** Every event of a Waymark database as the same lines, as it is now or was at a snapshot's moment. */
export async function rowsOfEvents(source: Source, snapshot?: Snapshot): Promise<string[]> {
  const now = snapshot ?? (await source.openSnapshot('events'));
  const events = await allDocuments(source.find<StoredEvent>('events', {}, { snapshot: now }));
  return events
    .map((event) =>
      JSON.stringify([
        event.timestamp.getTime(),
        event.userId,
        event.sessionId ?? null,
        event.eventType,
        event.device ?? null,
        event.page?.path ?? null,
      ]),
    )
    .sort();
}
