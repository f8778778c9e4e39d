import { storedIdForms } from '../../filters/conditions';
import { idText } from '../../mapping/storedText';
import { gatherRows, isPacked, streamEvents, type GatheredRow, type RowSpec } from '../../pipeline/unitRows';
import { eachDocument } from '../../source/source';
import type { AnyRunContext } from '../context';
import { UnitDecoder, type UnitEvents } from './unitEvents';

export interface GatherOptions {
  /** Which canonical users count. */
  readonly accepts: (userId: string) => boolean;
  /** Called once for each unit; the unit's arrays are valid only during the call. */
  readonly visit: (unit: UnitEvents) => void;
  /** Named in the explanation. */
  readonly purpose: string;
}

/** One event of a stream that is fetched apart. */
interface StreamedEvent {
  readonly u: unknown;
  readonly s?: unknown;
  readonly c: number;
  readonly k?: number;
  readonly v?: unknown;
}

interface Waiting {
  readonly userId: string;
  readonly sessionId: string | null | undefined;
  readonly rows: GatheredRow[];
}

/** Users whose order must be told by event id are fetched this many at a time. */
const USERS_PER_STREAM = 200;

/**
 * Gathers the events of every unit and visits each unit once, folded over the ids of its person. Rows pass
 * through as they come; only those of merged people wait for each other, and units whose row would outgrow
 * a document (or whose order within an instant spans several ids) are streamed afterwards, event by event.
 */
export async function gatherUnits(
  context: AnyRunContext,
  spec: RowSpec,
  options: GatherOptions,
): Promise<void> {
  const { run, identities, onProgress } = context;
  const isSorted = spec.isIdOrdered || spec.value !== undefined;
  const decoder = new UnitDecoder({
    origin: spec.origin,
    packedClasses: isPacked(spec) ? spec.classes.count : 0,
    isSorted,
  });
  const waiting = new Map<string, Waiting>();
  const apart = new Map<string, Waiting>();
  let done = 0;
  const batches = run.aggregateEvents<GatheredRow & { _id: never }>(gatherRows(spec), {
    purpose: options.purpose,
  });
  for await (const batch of batches) {
    for (const row of batch as readonly GatheredRow[]) {
      const key = spec.unit === 'session' ? (row._id as { u: unknown; s: unknown }) : undefined;
      const id = idText(key ? key.u : row._id);
      if (id === null) continue;
      const userId = identities.canonicalOf(id);
      if (!options.accepts(userId)) continue;
      const sessionId = key ? idText(key.s) : undefined;
      const unitKey = sessionId === undefined ? userId : JSON.stringify([userId, sessionId]);
      if (row.e === null) {
        apart.set(unitKey, { userId, sessionId, rows: [] });
      } else if (identities.isMerged(userId)) {
        const known = waiting.get(unitKey);
        if (known) known.rows.push(row);
        else waiting.set(unitKey, { userId, sessionId, rows: [row] });
      } else {
        options.visit(decoder.decodeOne(userId, sessionId, row));
      }
    }
    done += batch.length;
    onProgress({ phase: options.purpose, done });
  }
  const unordered: Waiting[] = [];
  for (const [unitKey, unit] of waiting) {
    waiting.delete(unitKey);
    if (apart.has(unitKey)) continue;
    const [row] = unit.rows;
    const merged =
      unit.rows.length === 1 && row
        ? decoder.decodeOne(unit.userId, unit.sessionId, row)
        : decoder.decodeMerged(unit.userId, unit.sessionId, unit.rows);
    if (merged) options.visit(merged);
    else unordered.push(unit);
  }
  for (const unit of apart.values()) await streamUnits(context, spec, [unit], options);
  for (let i = 0; i < unordered.length; i += USERS_PER_STREAM) {
    await streamUnits(context, spec, unordered.slice(i, i + USERS_PER_STREAM), options);
  }
}

/** Growing arrays of one streamed unit. */
interface Streamed {
  readonly unit: Waiting;
  readonly codes: number[];
  readonly classes: number[];
  readonly values: unknown[];
}

async function streamUnits(
  context: AnyRunContext,
  spec: RowSpec,
  units: readonly Waiting[],
  options: GatherOptions,
): Promise<void> {
  const { run, identities } = context;
  const packed = isPacked(spec);
  const keyOf = (userId: string, sessionId: string | null | undefined): string =>
    JSON.stringify([userId, sessionId ?? null]);
  const streams = new Map<string, Streamed>();
  for (const unit of units) {
    streams.set(keyOf(unit.userId, unit.sessionId), { unit, codes: [], classes: [], values: [] });
  }
  const forms = [...new Set(units.map(({ userId }) => userId))].flatMap((userId) =>
    identities.allIdsOf(userId).flatMap(storedIdForms),
  );
  const batches = run.aggregateEvents<StreamedEvent & { _id?: never }>(streamEvents(spec, forms), {
    purpose: `${options.purpose}: large or merged users`,
  });
  for await (const event of eachDocument(batches)) {
    const userId = identities.canonicalOf(idText(event.u) ?? '');
    const stream = streams.get(keyOf(userId, spec.unit === 'session' ? idText(event.s) : undefined));
    if (!stream) continue;
    stream.codes.push(event.c);
    if (!packed) stream.classes.push(event.k ?? 0);
    if (spec.value !== undefined) stream.values.push(event.v ?? null);
  }
  const decoder = new UnitDecoder({
    origin: spec.origin,
    packedClasses: packed ? spec.classes.count : 0,
    isSorted: spec.isIdOrdered || spec.value !== undefined,
  });
  for (const { unit, codes, classes, values } of streams.values()) {
    const row: GatheredRow = {
      _id: null,
      e: codes,
      ...(packed ? {} : { k: classes }),
      ...(spec.value === undefined ? {} : { v: values }),
    };
    options.visit(decoder.decodeOne(unit.userId, unit.sessionId, row));
  }
}
