import { WaymarkError } from '../../../shared/errors';

/** There are no columns to answer from, or they can't be trusted just now; a report goes to the database then. */
export class NoColumns extends WaymarkError {
  /** Why, as the end of a sentence. */
  readonly reason: string;

  constructor(reason: string, options: { cause?: unknown } = {}) {
    super('badInput', `Columns can't be used: ${reason}.`, options);
    this.name = 'NoColumns';
    this.reason = reason;
  }
}
