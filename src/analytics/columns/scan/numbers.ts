import { numbersIn } from '../../kernels/trend/aggregates';
import type { Sessions } from '../table/sessions';
import type { NumberVector } from '../table/personTable';
import { MISSING } from '../table/thousandths';
import { fieldVector, plainNumbers, type ColumnData } from './fields';
import { flagCodes } from './flagCodes';

/** Room for the durations of one part after the other. */
let room = new Uint32Array(0);

function copyToRoom(values: Uint32Array): Uint32Array {
  if (room.length < values.length) room = new Uint32Array(values.length);
  const copy = room.subarray(0, values.length);
  copy.set(values);
  return copy;
}

/**
 * The number a field holds in each row, as aggregates take it. They hold until the next call.
 * @throws NotAColumn
 */
export function numbersOf(data: ColumnData, field: string, sessionGapMs: number): NumberVector {
  const { layout } = data.table;
  if (field.startsWith('user.')) {
    const values = data.users.numbers.get(field);
    if (!values) throw new Error(`The numbers of ${field} were not worked out.`);
    const numbers = new Float64Array(layout.rows);
    for (let person = 0; person < layout.people; person++) {
      numbers.fill(values[person] as number, layout.start[person], layout.start[person + 1]);
    }
    return { kind: 'numbers', values: numbers };
  }
  const vector = fieldVector(data, field);
  if (vector.kind === 'codes') {
    const byCode = vector.values.map((value) => numbersIn(value)[0] ?? NaN);
    const values = Float64Array.from(
      { length: layout.rows },
      (_, row) => byCode[vector.codes[row] as number] as number,
    );
    return { kind: 'numbers', values };
  }
  // Dates are no numbers.
  if (vector.kind === 'dates') return { kind: 'numbers', values: new Float64Array(layout.rows).fill(NaN) };
  if (field === 'durationSec') return timeOnPage(data, vector, data.table.sessions(sessionGapMs));
  return vector.kind === 'numbers' ? { kind: 'numbers', values: finite(vector.values) } : vector;
}

function finite(values: Float64Array): Float64Array {
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < numbers.length; row++) {
    const value = values[row] as number;
    numbers[row] = value - value === 0 ? value : NaN;
  }
  return numbers;
}

/**
 * Durations in seconds, where a page view that brings none takes the time to the next event of its session;
 * the last event of a session has none.
 */
function timeOnPage(data: ColumnData, durations: NumberVector, sessions: Sessions): NumberVector {
  const isThousandths = durations.kind === 'thousandths';
  const numbers: NumberVector = isThousandths
    ? { kind: 'thousandths', values: copyToRoom(durations.values) }
    : { kind: 'numbers', values: finite(durations.values) };
  const { codes, values } = data.table.text('eventType');
  const isPageView = flagCodes(values, data.facts.pageViews);
  const { at } = data.table;
  const { count, first, events, apart } = sessions;
  const { rows } = data.table.layout;
  for (let session = 0; session < count; session++) {
    let next = NaN;
    const begin = first[session] as number;
    for (let place = begin + (events[session] as number) - 1; place >= begin; place--) {
      const row = begin < rows ? place : (apart[place - rows] as number);
      const time = at.of(row);
      if (isPageView[codes[row] as number] === 1) {
        const spent = next - time;
        if (!isThousandths) {
          if (Number.isNaN(durations.values[row])) numbers.values[row] = spent / 1000;
        } else if (durations.values[row] === MISSING && !Number.isNaN(next)) {
          // Milliseconds are thousandths; so long a stay is not.
          if (spent >= MISSING) {
            return timeOnPage(data, { kind: 'numbers', values: plainNumbers(durations) }, sessions);
          }
          numbers.values[row] = spent;
        }
      }
      next = time;
    }
  }
  return numbers;
}
