import { Ordinals } from '../../kernels/growing';
import { isTextField } from '../format/block';
import type { Scatter } from './scatter';
import { share, shareCodes, type ColumnName, type SharedColumn } from './sharedColumns';
import type { StagedBlock, StagedColumn } from './stage';
import { fromThousandths, MISSING } from './thousandths';
import { shareTimes, type TimeSpan } from './times';

type Kind = Exclude<SharedColumn['kind'], 'inSessions'>;

type MadeColumn = Extract<SharedColumn, { kind: Kind }>;

const kindOf = (from: StagedColumn): Kind => (from.kind === 'packed' ? 'ordinals' : from.kind);
const isNumeric = (kind: Kind): boolean => kind === 'numbers' || kind === 'thousandths';

/**
 * One column of a table from those of its blocks, block after block, as narrow as their values allow. Where a block has
 * a value that does not fit, a wider column takes it and what follows, and the narrow one's rows are moved at the end.
 */
export class ColumnMaker {
  readonly name: ColumnName;
  readonly #rows: number;
  readonly #share: typeof share;
  readonly #span: TimeSpan | null;
  readonly #ordinals = new Ordinals();
  #column: MadeColumn | null = null;
  readonly #outgrown: MadeColumn[] = [];
  #isImpossible = false;

  /**
   * @param span where all times lie; for `at`
   * @param allocate where columns of four bytes a row lie
   */
  constructor(name: ColumnName, rows: number, span: TimeSpan | null = null, allocate = share) {
    this.name = name;
    this.#rows = rows;
    this.#span = span;
    this.#share = allocate;
  }

  /** How the next block's rows get into the column; null where blocks don't agree on a column. */
  take({ columns, start }: Pick<StagedBlock, 'columns' | 'start'>): Scatter | null {
    const from = columns.get(this.name);
    if (!from || !this.#suits(kindOf(from))) this.#isImpossible = true;
    if (!from || this.#isImpossible) return null;
    if (from.kind === 'codes') {
      const remap = Uint32Array.from(from.values, (text, code) =>
        code === 0 ? 0 : 1 + this.#ordinals.of(text),
      );
      return { from, to: this.#codes(), remap, add: 0 };
    }
    // Times are taken from blocks, where they count from its start, and from other tables.
    if (this.name === 'at') {
      const to = (this.#column ??= this.#empty('times'));
      return { from, to, remap: null, add: from.kind === 'numbers' ? 0 : start };
    }
    const kind = kindOf(from);
    if (kind === 'ordinals')
      return { from, to: (this.#column ??= this.#empty('ordinals')), remap: null, add: 0 };
    const isNarrow = kind === 'thousandths' && this.#column?.kind !== 'numbers';
    const to = isNarrow ? (this.#column ??= this.#empty('thousandths')) : this.#numbers();
    return { from, to, remap: null, add: 0 };
  }

  /** The column when all rows have been moved; null where blocks don't agree on one. */
  finish(): SharedColumn | null {
    if (this.#isImpossible) return null;
    const column = (this.#column ??= this.#empty(kindWithoutBlocks(this.name)));
    for (const narrow of this.#outgrown) widen(narrow, column);
    return column.kind === 'codes' ? { ...column, values: ['', ...this.#ordinals.names] } : column;
  }

  #suits(kind: Kind): boolean {
    const own = this.#column?.kind ?? kind;
    return this.name === 'at' || own === kind || (isNumeric(own) && isNumeric(kind));
  }

  #codes(): MadeColumn {
    const own = this.#column;
    const { size } = this.#ordinals;
    if (own?.kind === 'codes' && size < 2 ** (8 * own.codes.BYTES_PER_ELEMENT)) return own;
    if (own) this.#outgrown.push(own);
    return (this.#column = { kind: 'codes', codes: shareCodes(this.#rows, size), values: [] });
  }

  #numbers(): MadeColumn {
    const own = this.#column;
    if (own?.kind === 'numbers') return own;
    const numbers = new Float64Array(share(8 * this.#rows));
    if (own) {
      this.#outgrown.push(own);
      numbers.fill(NaN);
    }
    return (this.#column = { kind: 'numbers', numbers });
  }

  #empty(kind: Kind): MadeColumn {
    const rows = this.#rows;
    if (kind === 'codes') return { kind, codes: shareCodes(rows, 0), values: [] };
    if (kind === 'numbers') return { kind, numbers: new Float64Array(share(8 * rows)) };
    if (kind === 'times') {
      if (!this.#span) throw new Error('The times of a table are loaded when it is laid out.');
      return { kind, ...shareTimes(rows, this.#span) };
    }
    const values = new Uint32Array(this.#share(4 * rows));
    return kind === 'ordinals' ? { kind, ordinals: values } : { kind, thousandths: values.fill(MISSING) };
  }
}

function kindWithoutBlocks(name: ColumnName): Kind {
  if (isTextField(name)) return 'codes';
  if (name === 'at') return 'times';
  return name === 'session' || name === 'user' ? 'ordinals' : 'numbers';
}

/** Moves the rows that a narrow column has into the wide one that took the others. */
function widen(narrow: SharedColumn, wide: SharedColumn): void {
  if (narrow.kind === 'codes' && wide.kind === 'codes') {
    const [from, to] = [narrow.codes, wide.codes];
    for (let row = 0; row < from.length; row++) if (from[row] !== 0) to[row] = from[row] as number;
  } else if (narrow.kind === 'thousandths' && wide.kind === 'numbers') {
    const [from, to] = [narrow.thousandths, wide.numbers];
    for (let row = 0; row < from.length; row++) {
      if (from[row] !== MISSING) to[row] = fromThousandths(from[row] as number);
    }
  }
}
