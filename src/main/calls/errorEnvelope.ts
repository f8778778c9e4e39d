import { WaymarkError, type ErrorEnvelope } from '../../shared/errors';

/** A failure in the form that crosses to a window; `redact` takes secrets out of its text. */
export function toErrorEnvelope(error: unknown, redact: (text: string) => string): ErrorEnvelope {
  if (error instanceof WaymarkError) {
    const envelope = error.toEnvelope();
    return { ...envelope, message: redact(envelope.message) };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'cancelled', message: 'Cancelled.' };
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: 'internal',
    message: redact(
      `Waymark met a fault of its own (${text}). Copy diagnostics from the Help menu to report it.`,
    ),
  };
}
