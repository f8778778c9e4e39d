import { storedIdForms } from '../../filters/conditions';
import { idText } from '../../mapping/storedText';
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
import { packsOf, readSliced, sliceRange, type Slice } from '../slices';
import { UnitMap, type Unit } from '../unitMap';
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

interface Waiting extends Unit {
  readonly rows: GatheredRow[];
}

/** Users whose order must be told by event id across their ids are fetched this many at a time. */
const USERS_PER_STREAM = 200;
/** Users whose order within an instant the server tells are fetched this many at a time. */
const USERS_PER_ORDERED_QUERY = 5_000;

/**
 * Gathers the events of every unit and visits each unit once, folded over the ids of its person. Rows pass
 * through as they come; only those of merged people, and of units read in stretches, wait for each other.
 * Units whose order within an instant matters are asked for again in that order; those whose row would
 * outgrow a document (or whose order spans several ids) are streamed afterwards, event by event.
 */
export async function gatherUnits(
  context: AnyRunContext,
  spec: RowSpec,
  options: GatherOptions,
): Promise<void> {
  const { identities, onProgress } = context;
  const decoder = new UnitDecoder(formOf(spec));
  const waiting = new UnitMap<Waiting>();
  const apart = new UnitMap<Waiting>();
  const tied = new UnitMap<Waiting>();
  const slices = sliceUnits(context, spec);
  let done = 0;
  for await (const rows of readRows(context, spec, slices, options)) {
    for (const row of rows) {
      const unit = nameUnit(context, spec, row);
      if (!unit || !options.accepts(unit.userId)) continue;
      const { userId, sessionId } = unit;
      if (row.e === null) {
        if (!apart.get(userId, sessionId)) apart.add({ userId, sessionId, rows: [] });
      } else if (slices.length > 1 || identities.isMerged(userId)) {
        const known = waiting.get(userId, sessionId);
        if (known) known.rows.push(row);
        else waiting.add({ userId, sessionId, rows: [row] });
      } else {
        const events = decoder.decodeOne(userId, sessionId, row, false);
        if (events) options.visit(events);
        else tied.add({ userId, sessionId, rows: [] });
      }
      done += 1;
    }
    onProgress({ phase: options.purpose, done });
  }
  const unordered: Waiting[] = [];
  for (const unit of waiting.values()) {
    const { userId, sessionId, rows } = unit;
    if (apart.get(userId, sessionId)) continue;
    const [row] = rows;
    const events =
      rows.length === 1 && row
        ? decoder.decodeOne(userId, sessionId, row, false)
        : decoder.decodeMerged(userId, sessionId, rows);
    rows.length = 0;
    if (events) options.visit(events);
    else if (identities.isMerged(userId)) unordered.push(unit);
    else tied.add(unit);
  }
  const large = [...apart.values(), ...(await visitTied(context, spec, tied, options))];
  for (const unit of large) await streamUnits(context, spec, [unit], options);
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
function nameUnit({ identities }: AnyRunContext, spec: RowSpec, row: GatheredRow): Unit | undefined {
  const id = idText(row.u);
  if (id === null) return undefined;
  return {
    userId: identities.canonicalOf(id),
    sessionId: spec.unit === 'session' ? idText(row.s) : undefined,
  };
}

/**
 * The stretches of time that are read side by side. Few sessions lie in several, while most users would, and
 * putting their parts together would cost more than it saves.
 */
function sliceUnits(context: AnyRunContext, { unit, from, to = Infinity }: RowSpec): Slice[] {
  if (unit !== 'session' || from === undefined || packsOf(context) === null) return [{ from: -Infinity, to }];
  return sliceRange(context, { from, to });
}

/** The rows of all units: packed and read as a whole where that is little, else as they come. */
async function* readRows(
  context: AnyRunContext,
  spec: RowSpec,
  slices: readonly Slice[],
  { purpose, hint }: GatherOptions,
): AsyncGenerator<Iterable<GatheredRow>> {
  const { run } = context;
  const packs = packsOf(context);
  if (packs !== null) {
    const all: RowPack[] = [];
    let isComplete = true;
    try {
      await readSliced(slices, async ({ from, to }) => {
        const part = slices.length === 1 ? spec : { ...spec, from, to: Number.isFinite(to) ? to : undefined };
        const pipeline = gatherRows(part, { isOrdered: false, packs });
        all.push(...(await allDocuments(run.aggregateEvents<RowPack>(pipeline, { purpose, hint }))));
      });
    } catch (error) {
      if (!isMemoryLimit(error)) throw error;
      isComplete = false;
    }
    if (isComplete) {
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
  tied: UnitMap<Waiting>,
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
        const known = unit && tied.get(unit.userId, unit.sessionId);
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
interface Streamed extends Unit {
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
  const streams = new UnitMap<Streamed>();
  for (const { userId, sessionId } of units) {
    streams.add({ userId, sessionId, codes: [], classes: [], values: [] });
  }
  const forms = [...new Set(units.map(({ userId }) => userId))].flatMap((userId) =>
    identities.allIdsOf(userId).flatMap(storedIdForms),
  );
  const batches = run.aggregateEvents<StreamedEvent & { _id?: never }>(streamEvents(spec, forms), {
    purpose: `${options.purpose}: large or merged users`,
  });
  for await (const event of eachDocument(batches)) {
    const userId = identities.canonicalOf(idText(event.u) ?? '');
    const stream = streams.get(userId, spec.unit === 'session' ? idText(event.s) : undefined);
    if (!stream) continue;
    stream.codes.push(event.c);
    if (!packed) stream.classes.push(event.k ?? 0);
    if (spec.value !== undefined) stream.values.push(event.v ?? null);
  }
  const decoder = new UnitDecoder(formOf(spec));
  for (const { userId, sessionId, codes, classes, values } of streams.values()) {
    const row: GatheredRow = {
      u: null,
      e: codes,
      ...(packed ? {} : { k: classes }),
      ...(spec.value === undefined ? {} : { v: values }),
    };
    const isOrdered = spec.isIdOrdered || spec.value !== undefined;
    const events = decoder.decodeOne(userId, sessionId, row, isOrdered);
    if (events) options.visit(events);
  }
}
