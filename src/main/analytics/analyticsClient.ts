import { utilityProcess, type UtilityProcess } from 'electron';
import { WaymarkError } from '../../shared/errors';
import type { Log } from '../diagnostics/log';
import type {
  FromAnalytics,
  Method,
  MethodProgress,
  MethodRequest,
  MethodResponse,
  ToAnalytics,
} from './protocol';

export interface AnalyticsCallOptions<M extends Method> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MethodProgress<M>) => void;
}

export interface AnalyticsClient {
  /**
   * Runs a method in the analytics process, which is started when needed.
   * @throws WaymarkError of the method, `cancelled` at once when aborted, `connectionLost` when the process died
   */
  call<M extends Method>(
    method: M,
    request: MethodRequest<M>,
    options?: AnalyticsCallOptions<M>,
  ): Promise<MethodResponse<M>>;
  /** The process's id while it runs. */
  pid(): number | undefined;
  stop(): void;
}

interface PendingCall {
  resolve(value: unknown): void;
  reject(error: Error): void;
  progress(progress: unknown): void;
}

/**
 * The main process's side of the analytics process. When that process dies, the calls under way fail with a
 * sentence, `onCrash` is told, and the next call starts a new one.
 */
export function createAnalyticsClient(options: {
  /** The built entry script. */
  script: string;
  log: Log;
  onCrash: () => void;
}): AnalyticsClient {
  const { script, log, onCrash } = options;
  const pending = new Map<number, PendingCall>();
  let child: UtilityProcess | undefined;
  let calls = 0;
  let isStopping = false;

  function receive(message: FromAnalytics): void {
    if (message.type === 'fault') {
      log.write('error', `analytics: ${message.text}`);
      return;
    }
    const call = pending.get(message.id);
    if (!call) return;
    if (message.type === 'progress') {
      call.progress(message.progress);
      return;
    }
    pending.delete(message.id);
    if (message.type === 'value') {
      call.resolve(message.value);
      return;
    }
    const { code, message: text, path } = message.error;
    if (message.stack !== undefined) log.write('error', message.stack);
    call.reject(new WaymarkError(code, text, path === undefined ? {} : { path }));
  }

  function start(): UtilityProcess {
    const started = utilityProcess.fork(script, [], { serviceName: 'Waymark analytics', stdio: 'pipe' });
    const logOutput = (text: Buffer): void => log.write('warning', `analytics: ${text.toString().trimEnd()}`);
    started.stdout?.on('data', logOutput);
    started.stderr?.on('data', logOutput);
    started.on('message', receive);
    started.once('exit', (code) => {
      if (child === started) child = undefined;
      const interrupted = [...pending.values()];
      pending.clear();
      if (isStopping) return;
      log.write(
        'error',
        `The analytics process ended with code ${code}; ${interrupted.length} calls were under way.`,
      );
      for (const call of interrupted) {
        call.reject(
          new WaymarkError(
            'connectionLost',
            'The analytics process stopped in the middle of this. It has been started again; run again.',
          ),
        );
      }
      onCrash();
    });
    return started;
  }

  return {
    call(method, request, { signal, onProgress } = {}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(new WaymarkError('cancelled', 'Cancelled.'));
          return;
        }
        child ??= start();
        const target = child;
        const id = (calls += 1);
        const send = (message: ToAnalytics): void => target.postMessage(message);
        const cancel = (): void => {
          if (!pending.delete(id)) return;
          send({ type: 'cancel', id });
          reject(new WaymarkError('cancelled', 'Cancelled.'));
        };
        const settle = (): void => signal?.removeEventListener('abort', cancel);
        pending.set(id, {
          // The other side is typed by the same table; the process boundary loses the pairing.
          resolve: (value) => {
            settle();
            resolve(value as MethodResponse<typeof method>);
          },
          reject: (error) => {
            settle();
            reject(error);
          },
          progress: (progress) => onProgress?.(progress as MethodProgress<typeof method>),
        });
        signal?.addEventListener('abort', cancel, { once: true });
        send({ type: 'call', id, method, request });
      });
    },
    pid: () => child?.pid,
    stop() {
      isStopping = true;
      child?.kill();
    },
  };
}
