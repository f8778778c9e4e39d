/** A block that can't be read: cut off, corrupt, or of a newer version. */
export class BlockError extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'BlockError';
  }
}
