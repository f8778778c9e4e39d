import { setMaxListeners } from 'node:events';
import { WaymarkError } from '../../shared/errors';
import { toErrorEnvelope } from '../calls/errorEnvelope';
import type {
  FromAnalytics,
  Method,
  MethodProgress,
  MethodRequest,
  MethodResponse,
  ToAnalytics,
} from './protocol';

export interface MethodContext<M extends Method> {
  readonly signal: AbortSignal;
  progress(progress: MethodProgress<M>): void;
}

export type MethodTable = {
  readonly [M in Method]: (
    request: MethodRequest<M>,
    context: MethodContext<M>,
  ) => Promise<MethodResponse<M>>;
};

/**
 * The serving side of the analytics process: takes messages, runs methods, answers with a value or an error.
 * @returns what to hand each incoming message to
 */
export function serveMethods(
  methods: MethodTable,
  send: (message: FromAnalytics) => void,
): (message: ToAnalytics) => void {
  const running = new Map<number, AbortController>();

  async function call(id: number, method: Method, request: unknown): Promise<void> {
    const controller = new AbortController();
    setMaxListeners(0, controller.signal); // each call of a run listens for the end
    running.set(id, controller);
    try {
      // The table pairs each method with its request, which TypeScript cannot follow through a variable name.
      const run = methods[method] as (request: unknown, context: MethodContext<Method>) => Promise<unknown>;
      const value = await run(request, {
        signal: controller.signal,
        progress: (progress: unknown) => {
          if (!controller.signal.aborted) send({ type: 'progress', id, progress });
        },
      });
      send({ type: 'value', id, value });
    } catch (error) {
      const stack = error instanceof Error && !(error instanceof WaymarkError) ? error.stack : undefined;
      send({
        type: 'error',
        id,
        error: toErrorEnvelope(error, (text) => text),
        ...(stack === undefined ? {} : { stack }),
      });
    } finally {
      running.delete(id);
    }
  }

  return (message) => {
    if (message.type === 'cancel') running.get(message.id)?.abort();
    else void call(message.id, message.method, message.request);
  };
}
