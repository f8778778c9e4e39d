import { WaymarkError } from '../errors';
import type { EventMessage, ProgressMessage, WaymarkBridge } from './bridge';
import type { Channel, EventName, EventOf, ProgressOf, RequestInput, ResponseOf } from './contract';

/** The part of a DOM or Node AbortSignal that the client needs. */
interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface CallOptions<C extends Channel> {
  /** Aborting it cancels the work wherever it runs; the call then rejects with code `cancelled`. */
  readonly signal?: CancelSignal;
  readonly onProgress?: (progress: ProgressOf<C>) => void;
}

/** Calls that need nothing may be made with nothing. */
type CallArguments<C extends Channel> =
  Record<string, never> extends RequestInput<C>
    ? [request?: RequestInput<C>, options?: CallOptions<C>]
    : [request: RequestInput<C>, options?: CallOptions<C>];

export interface WaymarkClient {
  /**
   * Makes a call of the contract.
   * @throws WaymarkError with the code, sentence and path that the other side gave
   */
  call<C extends Channel>(channel: C, ...rest: CallArguments<C>): Promise<ResponseOf<C>>;
  /** Listens to an event of the contract; returns the way to stop. */
  on<E extends EventName>(name: E, listener: (payload: EventOf<E>) => void): () => void;
}

const cancelled = (): WaymarkError => new WaymarkError('cancelled', 'Cancelled.');

/** The window's side of the contract, over `window.waymark`. One client serves the whole window. */
export function createClient(bridge: WaymarkBridge): WaymarkClient {
  // Ids are unique per page load, so that a reloaded window never hears of the calls before it.
  const prefix = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
  let calls = 0;
  const progressListeners = new Map<string, (progress: never) => void>();
  const eventListeners = new Map<EventName, Set<(payload: never) => void>>();

  bridge.onProgress(({ id, progress }: ProgressMessage) => progressListeners.get(id)?.(progress as never));
  bridge.onEvent((message: EventMessage) => {
    for (const listener of eventListeners.get(message.name) ?? []) listener(message.payload as never);
  });

  return {
    async call(channel, ...[request, options]) {
      const { signal, onProgress } = options ?? {};
      if (signal?.aborted) throw cancelled();
      const id = `${prefix}-${(calls += 1)}`;
      const cancel = (): void => bridge.cancel(id);
      signal?.addEventListener('abort', cancel);
      if (onProgress) progressListeners.set(id, onProgress);
      try {
        // Only calls whose request may be empty can leave it out (CallArguments).
        const sent = request ?? ({} as RequestInput<typeof channel>);
        const reply = await bridge.call({ id, channel, request: sent });
        if (signal?.aborted) throw cancelled();
        if (reply.ok) return reply.value;
        const { code, message, path } = reply.error;
        throw new WaymarkError(code, message, path === undefined ? {} : { path });
      } finally {
        signal?.removeEventListener('abort', cancel);
        progressListeners.delete(id);
      }
    },
    on(name, listener) {
      const listeners = eventListeners.get(name) ?? new Set();
      eventListeners.set(name, listeners);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
