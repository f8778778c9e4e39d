import { BrowserWindow, ipcMain, type WebContents } from 'electron';
import { z } from 'zod';
import { WaymarkError } from '../../shared/errors';
import { WIRE, type Reply } from '../../shared/ipc/bridge';
import { CALLS, isChannel, type Channel, type ProgressOf } from '../../shared/ipc/contract';
import { parseWith } from '../../shared/reports/parse';
import type { Log } from '../diagnostics/log';
import type { Redactor } from '../diagnostics/redact';
import { isTrustedSender, type SenderEvent } from '../security/trustedSender';
import { toErrorEnvelope } from './errorEnvelope';
import type { CallContext, Handlers } from './handler';

const MAX_CALLS_PER_WINDOW = 256;

const callIdSchema = z.string().min(1).max(100);
const messageSchema = z.strictObject({
  id: callIdSchema,
  channel: z.string().max(100),
  request: z.unknown(),
});

/** The calls under way, by window and by the id the window gave. */
class RunningCalls {
  readonly #windows = new Map<number, Map<string, AbortController>>();

  start(contents: WebContents, id: string): AbortSignal {
    let calls = this.#windows.get(contents.id);
    if (!calls) {
      calls = new Map();
      this.#windows.set(contents.id, calls);
      const { id: contentsId } = contents;
      contents.on('did-start-navigation', (_event, _url, sameDocument, isMainFrame) => {
        if (isMainFrame && !sameDocument) this.cancelAll(contentsId);
      });
      contents.on('render-process-gone', () => this.cancelAll(contentsId));
      contents.once('destroyed', () => {
        this.cancelAll(contentsId);
        this.#windows.delete(contentsId);
      });
    }
    if (calls.has(id))
      throw new WaymarkError('badInput', 'A call with this id is under way.', { path: 'id' });
    if (calls.size >= MAX_CALLS_PER_WINDOW) {
      throw new WaymarkError(
        'badInput',
        `At most ${MAX_CALLS_PER_WINDOW} calls run at a time; wait for some.`,
      );
    }
    const controller = new AbortController();
    calls.set(id, controller);
    return controller.signal;
  }

  finish(contentsId: number, id: string): void {
    this.#windows.get(contentsId)?.delete(id);
  }

  cancel(contentsId: number, id: string): void {
    this.#windows.get(contentsId)?.get(id)?.abort();
  }

  cancelAll(contentsId: number): void {
    for (const controller of this.#windows.get(contentsId)?.values() ?? []) controller.abort();
  }
}

/**
 * Answers the windows: every call is checked for its sender, parsed by the contract, run by its handler and
 * its answer parsed again, so that nothing leaves that the contract does not name. Never throws across.
 */
export function serveCalls(options: { handlers: Handlers; log: Log; redactor: Redactor }): void {
  const { handlers, log, redactor } = options;
  const running = new RunningCalls();

  async function run<C extends Channel>(
    channel: C,
    input: unknown,
    context: CallContext<C>,
  ): Promise<Reply<C>> {
    // The table pairs each channel with its schemas, which TypeScript cannot follow through a variable name.
    const schema: z.ZodType<unknown> = CALLS[channel].request;
    const request = parseWith(schema, input, 'badInput', channel);
    const handler = handlers[channel] as (request: unknown, context: CallContext<C>) => unknown;
    const answer = await handler(request, context);
    const value = CALLS[channel].response.parse(answer) as Extract<Reply<C>, { ok: true }>['value'];
    return { ok: true, value };
  }

  async function answer(event: SenderEvent, message: unknown): Promise<Reply> {
    let channel = 'a call';
    let id: string | undefined;
    const { sender } = event;
    const contentsId = sender.id;
    try {
      const window = isTrustedSender(event) ? BrowserWindow.fromWebContents(sender) : null;
      if (!window) throw new WaymarkError('badInput', 'This call does not come from a window of Waymark.');
      const parsed = parseWith(messageSchema, message, 'badInput', 'The call');
      if (!isChannel(parsed.channel)) {
        throw new WaymarkError('badInput', 'There is no call of this name.', { path: 'channel' });
      }
      channel = parsed.channel;
      const signal = running.start(sender, parsed.id);
      id = parsed.id;
      const progress = (step: ProgressOf<Channel>): void => {
        if (!signal.aborted && !sender.isDestroyed())
          sender.send(WIRE.progress, { id: parsed.id, progress: step });
      };
      return await run(parsed.channel, parsed.request, { window, signal, progress });
    } catch (error) {
      const envelope = toErrorEnvelope(error, redactor.redact);
      if (envelope.code === 'internal') {
        log.write(
          'error',
          `${channel}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      }
      return { ok: false, error: envelope };
    } finally {
      if (id !== undefined) running.finish(contentsId, id);
    }
  }

  ipcMain.handle(WIRE.call, answer);
  ipcMain.on(WIRE.cancel, (event, id: unknown) => {
    const parsed = callIdSchema.safeParse(id);
    if (parsed.success && isTrustedSender(event)) running.cancel(event.sender.id, parsed.data);
  });
}
