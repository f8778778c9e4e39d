import { numbersIn } from '../../kernels/trend/aggregates';
import type { Sessions } from '../table/sessions';
import { fieldVector, type ColumnData } from './fields';
import { flagCodes } from './flagCodes';

/** The number a field holds in each row, as aggregates take it; NaN for none. @throws NotAColumn */
export function numbersOf(data: ColumnData, field: string, sessionGapMs: number): Float64Array {
  const { layout } = data.table;
  if (field.startsWith('user.')) {
    const values = data.users.numbers.get(field);
    if (!values) throw new Error(`The numbers of ${field} were not worked out.`);
    const numbers = new Float64Array(layout.rows);
    for (let person = 0; person < layout.people; person++) {
      numbers.fill(values[person] as number, layout.start[person], layout.start[person + 1]);
    }
    return numbers;
  }
  const vector = fieldVector(data, field);
  if (vector.kind === 'codes') {
    const byCode = vector.values.map((value) => numbersIn(value)[0] ?? NaN);
    return Float64Array.from(
      { length: layout.rows },
      (_, row) => byCode[vector.codes[row] as number] as number,
    );
  }
  // Dates are no numbers.
  if (vector.kind === 'dates') return new Float64Array(layout.rows).fill(NaN);
  return field === 'durationSec'
    ? timeOnPage(data, vector.values, data.table.sessions(sessionGapMs))
    : finite(vector.values);
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
function timeOnPage(data: ColumnData, durations: Float64Array, sessions: Sessions): Float64Array {
  const { codes, values } = data.table.text('eventType');
  const isPageView = flagCodes(values, data.facts.pageViews);
  const { at } = data.table;
  const numbers = finite(durations);
  const { count, first, events, apart } = sessions;
  const { rows } = data.table.layout;
  for (let session = 0; session < count; session++) {
    let next = NaN;
    const begin = first[session] as number;
    for (let place = begin + (events[session] as number) - 1; place >= begin; place--) {
      const row = begin < rows ? place : (apart[place - rows] as number);
      const time = at[row] as number;
      if (isPageView[codes[row] as number] === 1 && Number.isNaN(durations[row])) {
        numbers[row] = (next - time) / 1000;
      }
      next = time;
    }
  }
  return numbers;
}
