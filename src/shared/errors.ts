/** Every kind of failure a person can meet; the code is stable, the message is a sentence that says what to do. */
export const ERROR_CODES = [
  'badReport',
  'badMapping',
  'badInput',
  'unreachable',
  'loginRefused',
  'noRight',
  'noCollections',
  'timeLimit',
  'memoryLimit',
  'cancelled',
  'connectionLost',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** How a failure crosses a process boundary (IPC, command line, worker). */
export interface ErrorEnvelope {
  readonly code: ErrorCode;
  readonly message: string;
  /** Where in the input the fault lies, as `steps[1].event`. */
  readonly path?: string;
}

/** The one error class of Waymark: a stable code and a sentence that may be shown to a person as it is. */
export class WaymarkError extends Error {
  readonly code: ErrorCode;
  readonly path?: string;

  constructor(code: ErrorCode, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WaymarkError';
    this.code = code;
    if (options.path !== undefined) this.path = options.path;
  }

  /** The form that crosses process boundaries; never holds the cause, which may contain secrets. */
  toEnvelope(): ErrorEnvelope {
    return {
      code: this.code,
      message: this.message,
      ...(this.path === undefined ? {} : { path: this.path }),
    };
  }
}
