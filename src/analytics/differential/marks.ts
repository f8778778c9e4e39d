import { KPI_NAMES, type Report } from '../../shared/reports/report';
import type { FunnelData, PathsData, RetentionData, TrendData } from '../../shared/reports/result';
import type { Answer } from '../reference/evaluate';

/** A mark of an answer whose list can be asked for, and the figure it shows when that counts the list's rows. */
export interface Mark {
  readonly users: Record<string, unknown>;
  readonly figure?: number;
}

function trendMarks(report: Extract<Report, { kind: 'trend' }>, data: TrendData): Mark[] {
  const counts = report.measure === 'users' || report.measure === 'sessions';
  // In a week with a skipped hour two points bear the same instant; such a point can't be asked for.
  const instants = data.series[0]?.points.map(({ at }) => at) ?? [];
  const twice = new Set(instants.filter((at, index) => instants.indexOf(at) !== index));
  return data.series.flatMap((series) =>
    series.points
      .filter(({ at }) => !twice.has(at))
      .flatMap(({ at, value }): Mark[] => [
        { users: { at, series: series.key }, ...(counts ? { figure: value ?? 0 } : {}) },
        { users: { at } },
      ]),
  );
}

function funnelMarks(data: FunnelData): Mark[] {
  const groups = [{ value: undefined, steps: data.steps }, ...(data.breakdown ?? [])];
  return groups.flatMap(({ value, steps }) =>
    steps.flatMap((step, index) => {
      const at = { step: index + 1, ...(value === undefined ? {} : { value }) };
      const marks: Mark[] = [{ users: { ...at, outcome: 'reached' }, figure: step.count }];
      if (index > 0) {
        marks.push({ users: { ...at, outcome: 'dropped' }, figure: step.dropped });
        marks.push({ users: { ...at, outcome: 'undecided' }, figure: step.undecided });
      }
      if (index === steps.length - 1) {
        // Twice, since it is one mark among many and would seldom be picked.
        const converted: Mark = { users: { ...at, outcome: 'converted' }, figure: step.count };
        marks.push(converted, converted);
      }
      return marks;
    }),
  );
}

function pathMarks(data: PathsData): Mark[] {
  return [
    ...data.nodes.map(({ position, name, count }) => ({ users: { position, from: name }, figure: count })),
    ...data.links.map(({ position, from, to, count }) => ({ users: { position, from, to }, figure: count })),
  ];
}

function retentionMarks(data: RetentionData): Mark[] {
  return data.cohorts.flatMap(({ at, cells }) =>
    cells.map(({ period, users }) => ({ users: { cohort: at, period }, figure: users })),
  );
}

/** Every mark of an answer that opens a list, those with somebody behind them first. */
export function marksOf(report: Report, answer: Answer): Mark[] {
  const marks = (): Mark[] => {
    switch (report.kind) {
      case 'kpis':
        return KPI_NAMES.map((kpi) => {
          const data = answer.data as unknown as Record<string, number>;
          const counted = ['users', 'newUsers', 'sessions'].includes(kpi);
          return { users: { kpi }, ...(counted ? { figure: data[kpi] ?? 0 } : {}) };
        });
      case 'trend':
        return trendMarks(report, answer.data as TrendData);
      case 'funnel':
        return funnelMarks(answer.data as FunnelData);
      case 'paths':
        return pathMarks(answer.data as PathsData);
      case 'retention':
        return retentionMarks(answer.data as RetentionData);
      default:
        return [];
    }
  };
  return marks().sort((a, b) => Number(b.figure !== 0) - Number(a.figure !== 0));
}
