import { describeGuess } from '../../analytics/inspect/mapping';
import { openSource, requireEvents } from '../../analytics/source/openSource';
import { allDocuments, type Source } from '../../analytics/source/source';
import { WaymarkError } from '../../shared/errors';
import type { MappingReport } from '../../shared/ipc/inspection';
import type { Mapping } from '../../shared/model/mapping';
import { MAPPING_PRESETS, WAYMARK_MAPPING } from '../../shared/model/presets';
import type { OpenParameters } from './protocol';

/** The mapping preset of a name. */
function presetNamed(name: string): Mapping {
  const preset = Object.prototype.hasOwnProperty.call(MAPPING_PRESETS, name)
    ? MAPPING_PRESETS[name]
    : undefined;
  if (preset) return preset;
  throw new WaymarkError(
    'badMapping',
    `There is no mapping "${name}"; allowed: ${Object.keys(MAPPING_PRESETS).join(', ')}.`,
    { path: 'mapping' },
  );
}

/** A database with the mapping it is read through; a guess that no preset fits is not in force yet. */
export interface OpenedWithMapping {
  readonly source: Source;
  readonly guess: MappingReport | null;
}

const isPreset = (guess: MappingReport): boolean =>
  Object.prototype.hasOwnProperty.call(MAPPING_PRESETS, guess.name);

/** Events looked at to tell whether they are Waymark's own. */
const LOOKED_AT = 20;

/** Whether the events are laid out as Waymark's own writers do; so are none at all. */
async function isWaymarkLayout(source: Source, signal: AbortSignal): Promise<boolean> {
  const events = await allDocuments(
    source.find(WAYMARK_MAPPING.events.collection, {}, { limit: LOOKED_AT, signal, comment: 'waymark open' }),
  );
  return events.every(
    (event) =>
      typeof event['userId'] === 'string' &&
      typeof event['eventType'] === 'string' &&
      event['receivedAt'] instanceof Date,
  );
}

/**
 * Connects as a person asked. Where no mapping is named, it is Waymark's own when the events are laid out
 * so, else the preset that fits; a mapping put together from a sample is only reported, to be confirmed.
 */
export async function openLooking(
  parameters: OpenParameters,
  signal: AbortSignal,
): Promise<OpenedWithMapping> {
  const { uri, database, mapping } = parameters;
  if (mapping !== undefined) {
    const named = typeof mapping === 'string' ? presetNamed(mapping) : mapping;
    return { source: await openSource({ uri, database, signal, mapping: named }), guess: null };
  }
  const source = await openSource({ uri, database, signal, anyCollections: true });
  try {
    const hasEvents = source.collections.has(WAYMARK_MAPPING.events.collection);
    if (hasEvents && (await isWaymarkLayout(source, signal))) return { source, guess: null };
    const guess = await describeGuess({ source, now: Date.now(), signal });
    return { source: isPreset(guess) ? source.withMapping(guess.mapping) : source, guess };
  } catch (error) {
    if (error instanceof WaymarkError && error.code === 'noCollections') return { source, guess: null };
    await source.close().catch(() => undefined);
    throw error;
  }
}

/** What is wrong with a database that holds no events where a mapping looks for them. */
function refuseWithoutEvents(source: Source, guess: MappingReport | null): void {
  if (guess && !isPreset(guess)) {
    throw new WaymarkError(
      'noCollections',
      `${guess.reason} Test the connection, look at what the guess reads, and use it when it is right.`,
      { path: 'mapping' },
    );
  }
  requireEvents(source.collections, source.database, source.mapping);
}

/**
 * Connects as a person asked, ready to run reports.
 * @throws WaymarkError as `openSource`; `noCollections` too when only a guess that a person must confirm fits
 */
export async function openFor(parameters: OpenParameters, signal: AbortSignal): Promise<Source> {
  const { source, guess } = await openLooking(parameters, signal);
  try {
    if (parameters.mapping === undefined) refuseWithoutEvents(source, guess);
    return source;
  } catch (error) {
    await source.close().catch(() => undefined);
    throw error;
  }
}
