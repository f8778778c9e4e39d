import { storedIdForms } from '../../filters/conditions';
import { idText } from '../../mapping/storedText';
import { packsFor } from '../../pipeline/packs';
import {
  gatherRows,
  isPacked,
  streamEvents,
  unpackRows,
  type GatheredRow,
  type RowPack,
  type RowSpec,
} from '../../pipeline/unitRows';
import { allDocuments, eachDocument } from '../../source/source';
import type { AnyRunContext } from '../context';
import { isMemoryLimit } from '../heavyUsers';
import { UnitDecoder, type CodeForm, type UnitEvents } from './unitEvents';

export interface GatherOptions {
  /** Which canonical users count. */
  readonly accepts: (userId: string) => boolean;
  /** Called once for each unit; the unit's arrays are valid only during the call. */
  readonly visit: (unit: UnitEvents) => void;
  /** Named in the explanation. */
  readonly purpose: string;
  /** The index that holds all that is gathered, where there is one. */
  readonly hint?: string | undefined;
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

/** Users whose order must be told by event id across their ids are fetched this many at a time. */
const USERS_PER_STREAM = 200;
/** Users whose order within an instant the server tells are fetched this many at a time. */
const USERS_PER_ORDERED_QUERY = 5_000;

const unitKeyOf = (userId: string, sessionId: string | null | undefined): string =>
  sessionId === undefined ? userId : JSON.stringify([userId, sessionId]);

/**
 * Gathers the events of every unit and visits each unit once, folded over the ids of its person. Rows pass
 * through as they come; only those of merged people wait for each other. Units whose order within an instant
 * matters are asked for again in that order; those whose row would outgrow a document (or whose order spans
 * several ids) are streamed afterwards, event by event.
 */
export async function gatherUnits(
  context: AnyRunContext,
  spec: RowSpec,
  options: GatherOptions,
): Promise<void> {
  const { identities, onProgress } = context;
  const decoder = new UnitDecoder(formOf(spec));
  const waiting = new Map<string, Waiting>();
  const apart = new Map<string, Waiting>();
  const tied = new Map<string, Waiting>();
  let done = 0;
  for await (const rows of readRows(context, spec, options)) {
    for (const row of rows) {
      const unit = nameUnit(context, spec, row);
      if (!unit || !options.accepts(unit.userId)) continue;
      const { userId, sessionId } = unit;
      const unitKey = unitKeyOf(userId, sessionId);
      if (row.e === null) {
        apart.set(unitKey, { ...unit, rows: [] });
      } else if (identities.isMerged(userId)) {
        const known = waiting.get(unitKey);
        if (known) known.rows.push(row);
        else waiting.set(unitKey, { ...unit, rows: [row] });
      } else {
        const events = decoder.decodeOne(userId, sessionId, row, false);
        if (events) options.visit(events);
        else tied.set(unitKey, { ...unit, rows: [] });
      }
      done += 1;
    }
    onProgress({ phase: options.purpose, done });
  }
  const unordered: Waiting[] = [];
  for (const [unitKey, unit] of waiting) {
    waiting.delete(unitKey);
    if (apart.has(unitKey)) continue;
    const merged = decoder.decodeMerged(unit.userId, unit.sessionId, unit.rows);
    if (merged) options.visit(merged);
    else unordered.push(unit);
  }
  for (const unit of await visitTied(context, spec, tied, options))
    apart.set(unitKeyOf(unit.userId, unit.sessionId), unit);
  for (const unit of apart.values()) await streamUnits(context, spec, [unit], options);
  for (let i = 0; i < unordered.length; i += USERS_PER_STREAM) {
    await streamUnits(context, spec, unordered.slice(i, i + USERS_PER_STREAM), options);
  }
}

function formOf(spec: RowSpec): CodeForm {
  return {
    origin: spec.origin,
    packedClasses: isPacked(spec) ? spec.classes.count : 0,
    isIdOrdered: spec.isIdOrdered,
    hasValues: spec.value !== undefined,
  };
}

/** Whose row it is; undefined for nobody's. */
function nameUnit(
  { identities }: AnyRunContext,
  spec: RowSpec,
  row: GatheredRow,
): { userId: string; sessionId: string | null | undefined } | undefined {
  const id = idText(row.u);
  if (id === null) return undefined;
  return {
    userId: identities.canonicalOf(id),
    sessionId: spec.unit === 'session' ? idText(row.s) : undefined,
  };
}

/** The rows of all units: packed and read as a whole where that is little, else as they come. */
async function* readRows(
  context: AnyRunContext,
  spec: RowSpec,
  { purpose, hint }: GatherOptions,
): AsyncGenerator<Iterable<GatheredRow>> {
  const { run, estimate } = context;
  const packs = packsFor(estimate?.documents);
  if (packs !== null) {
    let all: RowPack[] | undefined;
    try {
      const pipeline = gatherRows(spec, { isOrdered: false, packs });
      all = await allDocuments(run.aggregateEvents<RowPack>(pipeline, { purpose, hint }));
    } catch (error) {
      if (!isMemoryLimit(error)) throw error;
    }
    if (all) {
      for (const pack of all) yield unpackRows(pack);
      return;
    }
  }
  const pipeline = gatherRows(spec, { isOrdered: false, packs: null });
  for await (const batch of run.aggregateEvents<RowPack>(pipeline, { purpose, hint })) {
    yield batch.flatMap((pack) => [...unpackRows(pack)]);
  }
}

/**
 * Visits units whose events of one instant the server has to put in order.
 * @returns those that are too large even so
 */
async function visitTied(
  context: AnyRunContext,
  spec: RowSpec,
  tied: ReadonlyMap<string, Waiting>,
  options: GatherOptions,
): Promise<Waiting[]> {
  const { run, mapping } = context;
  const decoder = new UnitDecoder(formOf(spec));
  const tooLarge: Waiting[] = [];
  const users = [...new Set([...tied.values()].map(({ userId }) => userId))];
  for (let at = 0; at < users.length; at += USERS_PER_ORDERED_QUERY) {
    const forms = users.slice(at, at + USERS_PER_ORDERED_QUERY).flatMap(storedIdForms);
    const extra = [{ [mapping.events.fields.userId]: { $in: forms } }];
    const rows = run.aggregateEvents<RowPack>(gatherRows(spec, { isOrdered: true, packs: null, extra }), {
      purpose: `${options.purpose}: order within an instant`,
    });
    for await (const batch of rows) {
      for (const row of batch.flatMap((pack) => [...unpackRows(pack)])) {
        const unit = nameUnit(context, spec, row);
        const known = unit && tied.get(unitKeyOf(unit.userId, unit.sessionId));
        if (!known) continue;
        const events =
          row.e === null ? undefined : decoder.decodeOne(known.userId, known.sessionId, row, true);
        if (events) options.visit(events);
        else tooLarge.push(known);
      }
    }
  }
  return tooLarge;
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
  const decoder = new UnitDecoder(formOf(spec));
  for (const { unit, codes, classes, values } of streams.values()) {
    const row: GatheredRow = {
      u: null,
      e: codes,
      ...(packed ? {} : { k: classes }),
      ...(spec.value === undefined ? {} : { v: values }),
    };
    const isOrdered = spec.isIdOrdered || spec.value !== undefined;
    const events = decoder.decodeOne(unit.userId, unit.sessionId, row, isOrdered);
    if (events) options.visit(events);
  }
}
