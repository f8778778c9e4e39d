import { WaymarkError } from '../../../shared/errors';

/** A field that no column holds exactly; the report must be answered from the events themselves. */
export class NotAColumn extends WaymarkError {
  /** The end of a sentence: what stands against the columns. */
  readonly reason: string;

  constructor(field: string, reason = `${field} is not a column`) {
    super(
      'badInput',
      `Columns can't answer this report: ${reason}. Run it on the database, or declare the property as a column.`,
    );
    this.name = 'NotAColumn';
    this.reason = reason;
  }
}
