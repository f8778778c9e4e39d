import { errorCode } from '../intake/errorCode';

/** What the broker said, if it did: the innermost name or code, such as `NOT_ENOUGH_REPLICAS`; never a text. */
export function brokerErrorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('apiId' in error && typeof error.apiId === 'string') return error.apiId;
  if (error instanceof Error && error.message.startsWith('Unknown topic'))
    return 'UNKNOWN_TOPIC_OR_PARTITION';
  const inner: unknown[] = [];
  if ('errors' in error && Array.isArray(error.errors)) inner.push(...(error.errors as unknown[]));
  if ('cause' in error && error.cause !== undefined) inner.push(error.cause);
  for (const cause of inner) {
    const code = brokerErrorCode(cause);
    if (code !== 'unknown' && code !== 'Error') return code;
  }
  return errorCode(error);
}
