import type { Express } from 'express';
import type { Keyring } from '../keys/keyring';
import type { Settings } from '../settings';
import { HttpError } from './readBody';

/**
 * The settings document that the browser SDK loads first. Without its `apiKey` the SDK would send no key; with
 * `metrics.sampleRate` 0 it reports nothing about itself to anybody.
 */
export function addSettingsRoute(
  app: Express,
  { keyring, settings }: { keyring: Keyring; settings: Settings },
): void {
  app.get('/v1/projects/:writeKey/settings', (request, response) => {
    const { writeKey } = request.params;
    if (keyring.find(writeKey)?.role !== 'write') throw new HttpError(404, 'the write key is not known');
    const base = new URL(settings.publicUrl ?? `${request.protocol}://${hostOf(request.headers.host)}`);
    response.json(sdkSettings(base, writeKey));
  });
}

/** The document for one key, when the collector is reached at `base`. */
export function sdkSettings(base: URL, writeKey: string): Record<string, unknown> {
  const path = base.pathname.replace(/\/+$/, '');
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${base.host}${path}/v1`,
        protocol: base.protocol.replace(':', ''),
        unbundledIntegrations: [],
        addBundledMetadata: true,
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: { track: { __default: { enabled: true, integrations: {} } }, identify: {}, group: {} },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
}

/** The host by which the client reached us, when it is one. */
function hostOf(host: string | undefined): string {
  if (host === undefined || !/^[a-z0-9.:[\]-]{1,253}$/i.test(host) || !URL.canParse(`http://${host}`)) {
    throw new HttpError(400, 'the Host header is missing or malformed');
  }
  return host;
}
