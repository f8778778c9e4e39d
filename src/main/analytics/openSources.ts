import { openSource } from '../../analytics/source/openSource';
import type { Source } from '../../analytics/source/source';
import { WaymarkError } from '../../shared/errors';
import { MAPPING_PRESETS } from '../../shared/model/presets';
import type { Mapping } from '../../shared/model/mapping';
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

/** Connects as a person asked, through the mapping they named. */
export function openFor(parameters: OpenParameters, signal: AbortSignal): Promise<Source> {
  return openSource({
    uri: parameters.uri,
    database: parameters.database,
    signal,
    ...(parameters.mapping === undefined ? {} : { mapping: presetNamed(parameters.mapping) }),
  });
}

/** The connections open in the analytics process, by workspace. */
export class OpenSources {
  readonly #sources = new Map<string, Source>();

  async open(workspace: string, parameters: OpenParameters, signal: AbortSignal): Promise<Source> {
    const source = await openFor(parameters, signal);
    await this.close(workspace);
    this.#sources.set(workspace, source);
    return source;
  }

  /** @throws WaymarkError when the workspace is not open */
  of(workspace: string): Source {
    const source = this.#sources.get(workspace);
    if (source) return source;
    throw new WaymarkError('connectionLost', 'This window is not connected. Open a connection.');
  }

  async close(workspace: string): Promise<void> {
    const source = this.#sources.get(workspace);
    this.#sources.delete(workspace);
    await source?.close().catch(() => undefined);
  }
}
