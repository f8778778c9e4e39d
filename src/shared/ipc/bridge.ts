import type { ErrorEnvelope } from '../errors';
import type { Channel, EventName, EventOf, ProgressOf, RequestInput, ResponseOf } from './contract';

/** The Electron channels everything travels on; the contract's names are inside the messages. */
export const WIRE = {
  call: 'waymark:call',
  cancel: 'waymark:cancel',
  progress: 'waymark:progress',
  event: 'waymark:event',
} as const;

/** One call on its way to main. `id` is chosen by the window and names the call for progress and cancelling. */
export interface CallMessage<C extends Channel = Channel> {
  readonly id: string;
  readonly channel: C;
  readonly request: RequestInput<C>;
}

/** An answer: errors are values, because Electron keeps only the text of a thrown one. */
export type Reply<C extends Channel = Channel> =
  | { readonly ok: true; readonly value: ResponseOf<C> }
  | { readonly ok: false; readonly error: ErrorEnvelope };

export interface ProgressMessage<C extends Channel = Channel> {
  readonly id: string;
  readonly progress: ProgressOf<C>;
}

export type EventMessage = {
  [E in EventName]: { readonly name: E; readonly payload: EventOf<E> };
}[EventName];

/** What the preload script exposes as `window.waymark`, and all it exposes. */
export interface WaymarkBridge {
  call<C extends Channel>(message: CallMessage<C>): Promise<Reply<C>>;
  cancel(id: string): void;
  /** Listens to the progress of every call of this window; returns the way to stop. */
  onProgress(listener: (message: ProgressMessage) => void): () => void;
  /** Listens to every event; returns the way to stop. */
  onEvent(listener: (message: EventMessage) => void): () => void;
}
