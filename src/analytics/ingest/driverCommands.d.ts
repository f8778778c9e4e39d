/** The one part of the driver used here that its own types leave out; the driver's version is pinned. */
declare module 'mongodb/lib/cmap/commands.js' {
  /** Documents that a command carries behind itself, already encoded, in place of an array in the field. */
  export class DocumentSequence {
    constructor(field: string);
    /** Adds bytes of one document, or of several one behind the other. */
    push(document: object, bytes: Uint8Array): number;
  }
}
