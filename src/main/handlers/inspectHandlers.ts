import type { HandlersOf } from '../calls/handler';
import type { Services } from '../services';

export function createInspectHandlers(
  services: Services,
): HandlersOf<'inspect'> & HandlersOf<'suggest'> & HandlersOf<'live'> {
  const { analytics, workspaces } = services;
  const now = (): number => Date.now();
  return {
    'inspect.events': async (_request, { window, signal }) =>
      analytics.call(
        'inspectEvents',
        { workspace: await workspaces.require(window), now: now() },
        { signal },
      ),
    'inspect.properties': async ({ event }, { window, signal }) =>
      analytics.call(
        'inspectProperties',
        { workspace: await workspaces.require(window), now: now(), event },
        { signal },
      ),
    'inspect.quality': async (_request, { window, signal }) =>
      analytics.call(
        'inspectQuality',
        { workspace: await workspaces.require(window), now: now() },
        { signal },
      ),
    'inspect.indexes': async (_request, { window, signal }) =>
      analytics.call(
        'inspectIndexes',
        { workspace: await workspaces.require(window), now: now() },
        { signal },
      ),
    'inspect.mapping': async ({ guess, mapping }, { window, signal }) =>
      analytics.call(
        'inspectMapping',
        { workspace: await workspaces.require(window), now: now(), guess: guess ?? false, mapping },
        { signal },
      ),
    'suggest.events': async (request, { window, signal }) =>
      analytics.call(
        'suggestEvents',
        { ...request, workspace: await workspaces.require(window), now: now() },
        { signal },
      ),
    'suggest.properties': async (_request, { window, signal }) =>
      analytics.call(
        'suggestProperties',
        { workspace: await workspaces.require(window), now: now() },
        { signal },
      ),
    'suggest.values': async (request, { window, signal }) =>
      analytics.call(
        'suggestValues',
        { ...request, workspace: await workspaces.require(window), now: now() },
        { signal },
      ),
    'live.watch': async ({ filters }, { window, signal, progress }) => {
      const workspace = await workspaces.require(window);
      await analytics.call('watchLive', { workspace, filters }, { signal, onProgress: progress });
      return {};
    },
  };
}
