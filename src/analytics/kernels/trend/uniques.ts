import { GrowingInt32 } from '../growing';

/**
 * That a unit (a user, a session) was seen with a value at a point of the axis; several marks may say the
 * same. Columns of equal length.
 */
export class Marks {
  readonly units = new GrowingInt32();
  readonly values = new GrowingInt32();
  readonly points = new GrowingInt32();

  add(unit: number, value: number, point: number): void {
    this.units.push(unit);
    this.values.push(value);
    this.points.push(point);
  }

  get length(): number {
    return this.units.length;
  }
}

/** Unique units of each series: over the whole range and at each point. */
export interface UniqueCounts {
  readonly totals: number[];
  readonly values: number[][];
}

/** The marks of each series, as positions, ordered by series (counting sort). */
function positionsBySeries(marks: Marks, seriesOf: Int32Array, seriesCount: number): Int32Array[] {
  const values = marks.values.view;
  const sizes = new Int32Array(seriesCount);
  for (const value of values) {
    const series = seriesOf[value] ?? -1;
    if (series >= 0) sizes[series] = (sizes[series] ?? 0) + 1;
  }
  const positions = Array.from(sizes, (size) => new Int32Array(size));
  const filled = new Int32Array(seriesCount);
  values.forEach((value, position) => {
    const series = seriesOf[value] ?? -1;
    if (series < 0) return;
    const at = filled[series] ?? 0;
    (positions[series] as Int32Array)[at] = position;
    filled[series] = at + 1;
  });
  return positions;
}

/**
 * Counts distinct units. Uniques are never added up: the total of a series is counted on its own.
 * @param seriesOf the series of each value; −1 leaves the value out
 */
export function countUniques(
  marks: Marks,
  seriesOf: Int32Array,
  seriesCount: number,
  pointCount: number,
): UniqueCounts {
  const units = marks.units.view;
  const points = marks.points.view;
  let unitCount = 0;
  for (const unit of units) if (unit >= unitCount) unitCount = unit + 1;
  const lastSeries = new Int32Array(unitCount).fill(-1);
  const totals: number[] = [];
  const values: number[][] = [];
  positionsBySeries(marks, seriesOf, seriesCount).forEach((positions, series) => {
    const counts = new Array<number>(pointCount).fill(0);
    const keys = new Float64Array(positions.length);
    let total = 0;
    positions.forEach((position, index) => {
      const unit = units[position] as number;
      keys[index] = (points[position] as number) * unitCount + unit;
      if (lastSeries[unit] !== series) {
        lastSeries[unit] = series;
        total += 1;
      }
    });
    keys.sort();
    let previous = -1;
    for (const key of keys) {
      if (key === previous) continue;
      previous = key;
      const point = Math.floor(key / unitCount);
      counts[point] = (counts[point] ?? 0) + 1;
    }
    totals.push(total);
    values.push(counts);
  });
  return { totals, values };
}

/** Distinct units of each value over the whole range. */
export function countUniquesByValue(marks: Marks, valueCount: number): number[] {
  const units = marks.units.view;
  const values = marks.values.view;
  const keys = new Float64Array(units.length);
  let unitCount = 1;
  for (const unit of units) if (unit >= unitCount) unitCount = unit + 1;
  values.forEach((value, position) => {
    keys[position] = value * unitCount + (units[position] as number);
  });
  keys.sort();
  const totals = new Array<number>(valueCount).fill(0);
  let previous = -1;
  for (const key of keys) {
    if (key === previous) continue;
    previous = key;
    const value = Math.floor(key / unitCount);
    totals[value] = (totals[value] ?? 0) + 1;
  }
  return totals;
}

/** The units behind one point: those counted there, each once, in order of appearance. */
export function unitsBehind(
  marks: Marks,
  seriesOf: Int32Array,
  wanted: { readonly series: number | null; readonly point: number },
): number[] {
  const units = new Set<number>();
  const pointView = marks.points.view;
  const valueView = marks.values.view;
  marks.units.view.forEach((unit, position) => {
    if (pointView[position] !== wanted.point) return;
    if (wanted.series !== null && seriesOf[valueView[position] as number] !== wanted.series) return;
    units.add(unit);
  });
  return [...units];
}
