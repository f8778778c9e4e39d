import { eventLabel } from '../../../shared/reports/eventLabel';
import type { ReportOf } from '../../../shared/reports/report';
import type { FunnelData, ListedUser } from '../../../shared/reports/result';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import { FunnelPart, type FunnelPartResult, type FunnelUnit } from '../../kernels/funnel/funnelPart';
import { FunnelFigures } from '../../kernels/funnel/funnelFigures';
import type { FunnelPlan } from '../../kernels/funnel/plan';
import { Ordinals } from '../../kernels/growing';
import { sortListed } from '../lists';

/**
 * The figures of a funnel from those of its parts, and the list when the report asks for one.
 * @param nameOf how a listed unit is shown
 */
export function finishFunnel<Name>(
  report: ReportOf<'funnel'>,
  plan: FunnelPlan,
  axis: TimeAxis,
  parts: readonly FunnelPartResult<Name>[],
  nameOf: (name: Name) => ListedUser,
): FunnelData {
  const all = new FunnelFigures(plan, axis);
  const values = new Ordinals();
  const listed: { user: ListedUser; value: number }[] = [];
  for (const { share, values: own, candidates } of parts) {
    const codes = own.map((value) => values.of(value));
    all.absorb(share, codes);
    for (const { name, value, ...outcome } of candidates) {
      listed.push({ user: { ...nameOf(name), ...outcome }, value: codes[value] ?? -1 });
    }
  }
  const labels = report.steps.map(eventLabel);
  const figures: FunnelData = all.figures(labels);
  let shownAs: readonly string[] = [];
  if (report.breakdown !== undefined) {
    const breakdown = all.breakdown(labels, values.names, report.limit);
    figures.breakdown = breakdown.values;
    shownAs = breakdown.shownAs;
  }
  if (!report.users) return figures;
  const wanted = report.users.value;
  const isWanted = ({ value }: { value: number }): boolean =>
    wanted === undefined || shownAs[value] === wanted;
  return { ...figures, users: sortListed(listed.filter(isWanted).map(({ user }) => user)) };
}

/** Takes the units of a funnel one by one, whoever gathers them, and answers with its data. */
export class FunnelCollector {
  readonly #part: FunnelPart<ListedUser>;

  constructor(
    private readonly report: ReportOf<'funnel'>,
    private readonly plan: FunnelPlan,
    private readonly axis: TimeAxis,
  ) {
    this.#part = new FunnelPart(report, plan, axis);
  }

  visit(unit: FunnelUnit<ListedUser>): void {
    this.#part.visit(unit);
  }

  /** @param names text of each code of the breakdown's values */
  finish(names: readonly string[]): FunnelData {
    return finishFunnel(this.report, this.plan, this.axis, [this.#part.finish(names)], (user) => user);
  }
}
