import type { Measure } from '../../../shared/reports/report';
import { pointOf } from '../../../shared/time/axisPoint';
import { Ordinals } from '../../kernels/growing';
import { numbersIn, Sample } from '../../kernels/trend/aggregates';
import { accessEventField } from '../../mapping/fields';
import { idText } from '../../mapping/storedText';
import { countByPoint, type CountRow } from '../../pipeline/trend';
import { loadUserValues } from '../userValues';
import type { TrendFigures } from './assemble';
import { gatherPageTimes } from './gatherPageTimes';
import { nameOfValue, selectPeriod, type TrendPeriod } from './period';

type Aggregate = Extract<Measure, object>;

/** The numbers of each value at each point. */
class Samples {
  readonly names = new Ordinals();
  readonly #byValue: (Sample | undefined)[][] = [];

  add(name: string, point: number, stored: unknown, count: number): void {
    const row = (this.#byValue[this.names.of(name)] ??= []);
    const numbers = numbersIn(stored);
    if (numbers.length === 0) return;
    const sample = (row[point] ??= new Sample());
    for (const number of numbers) sample.add(number, count);
  }

  figures(pointCount: number, measure: Aggregate): TrendFigures {
    const isDuration = measure.field === 'durationSec';
    const summarise = (sample: Sample | undefined): number | null =>
      sample ? sample.aggregate(measure.aggregate, isDuration) : null;
    const merged = (samples: readonly (Sample | undefined)[]): Sample => {
      const all = new Sample();
      for (const sample of samples) if (sample) all.addAll(sample);
      return all;
    };
    return {
      names: this.names.names,
      rankingTotals: () => this.#byValue.map((row) => summarise(merged(row))),
      bySeries: (seriesOf, seriesCount) => {
        const members = Array.from({ length: seriesCount }, (): (Sample | undefined)[][] => []);
        this.#byValue.forEach((row, ordinal) => members[seriesOf[ordinal] ?? -1]?.push(row));
        return {
          totals: members.map((rows) => summarise(merged(rows.flat()))),
          values: members.map((rows) =>
            Array.from({ length: pointCount }, (_, point) => {
              const only = rows.length === 1 ? rows[0] : undefined;
              return summarise(only ? only[point] : merged(rows.map((row) => row[point])));
            }),
          ),
        };
      },
    };
  }
}

/** Aggregates the numbers of a field by value and point; exact, from every distinct number there is. */
export async function gatherAggregates(period: TrendPeriod, measure: Aggregate): Promise<TrendFigures> {
  const { context, axis, compiled, value } = period;
  const { run, identities, mapping } = context;
  const ofUser = measure.field.startsWith('user.');
  const access = ofUser ? undefined : accessEventField(mapping, measure.field);
  const byUser = ofUser || period.valueOfUser !== null || compiled.filters.selectsUsers;
  const stages = selectPeriod(period, byUser, { lookups: access?.lookup ? [access.lookup] : [] });
  const pipeline = countByPoint(
    { mapping, axis, stages, value },
    { user: byUser, ...(access ? { number: access.expr ?? { $literal: null } } : {}) },
  );
  const numberOfUser = ofUser
    ? await loadUserValues(run, identities, measure.field.slice('user.'.length))
    : undefined;
  const samples = new Samples();
  for await (const batch of run.aggregateEvents<CountRow>(pipeline, { purpose: 'numbers by time' })) {
    for (const { _id, n } of batch) {
      const id = byUser ? idText(_id.u) : null;
      const canonical = id === null ? null : identities.canonicalOf(id);
      if (byUser && (canonical === null || !compiled.filters.acceptsUser(canonical))) continue;
      const stored = numberOfUser && canonical !== null ? numberOfUser(canonical) : _id.x;
      samples.add(nameOfValue(period, _id.v, canonical), _id.p, stored, n);
    }
  }
  if (measure.field === 'durationSec') {
    await gatherPageTimes(period, (at, canonical, stored, seconds) => {
      samples.add(nameOfValue(period, stored, canonical), pointOf(axis, at), seconds, 1);
    });
  }
  return samples.figures(axis.starts.length, measure);
}
