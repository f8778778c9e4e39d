import type { BrowserWindow } from 'electron';
import type { Channel, ProgressOf, RequestOf, ResponseOf } from '../../shared/ipc/contract';

/** What a handler knows of the call besides its request. */
export interface CallContext<C extends Channel> {
  /** The window that asks. */
  readonly window: BrowserWindow;
  /** Aborted when the window cancels, reloads or closes. */
  readonly signal: AbortSignal;
  progress(progress: ProgressOf<C>): void;
}

export type Handler<C extends Channel> = (
  request: RequestOf<C>,
  context: CallContext<C>,
) => Promise<ResponseOf<C>> | ResponseOf<C>;

/** One handler for each call of the contract; a missing one does not compile. */
export type Handlers = { readonly [C in Channel]: Handler<C> };

/** The handlers of calls whose names begin alike, as one file of `src/main/handlers` gives them. */
export type HandlersOf<Prefix extends string> = Pick<Handlers, Extract<Channel, `${Prefix}.${string}`>>;
