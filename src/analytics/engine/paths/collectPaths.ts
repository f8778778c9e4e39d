import type { ReportOf } from '../../../shared/reports/report';
import type { ListedUser, PathsData } from '../../../shared/reports/result';
import { Ordinals } from '../../kernels/growing';
import { describePaths, keepNames, PathsTally } from '../../kernels/paths/pathsTally';
import { walkUnit, type WalkPlan } from '../../kernels/paths/walk';
import { sortListed } from '../lists';

/** Takes the units of a paths report one by one, whoever gathers them, and answers with its data. */
export class PathsCollector {
  readonly #tally: PathsTally;
  readonly #codes = new Ordinals();
  readonly #listed: ListedUser[] = [];

  constructor(
    private readonly report: ReportOf<'paths'>,
    private readonly plan: WalkPlan,
  ) {
    this.#tally = new PathsTally(plan.steps);
  }

  /** The code of a name, for `visit`. */
  codeOf(name: string): number {
    return this.#codes.of(name);
  }

  /**
   * Takes a unit.
   * @param names name codes of its events, by time and event id
   * @param marks what each event is to the report (see `walkUnit`)
   */
  visit(
    unit: { readonly userId: string; readonly sessionId?: string | null | undefined },
    names: ArrayLike<number>,
    marks: ArrayLike<number>,
    length: number,
  ): void {
    const walk = walkUnit(this.plan, names, marks, length);
    if (!walk) return;
    this.#tally.add(walk);
    if (!this.report.users) return;
    const { userId, sessionId } = unit;
    this.#listed.push({ userId, ...(sessionId == null ? {} : { sessionId }) });
  }

  finish(): PathsData {
    const { report } = this;
    const { names } = this.#codes;
    const tally = this.#tally;
    const kept = keepNames(tally.nameCounts(names), report.topNodes);
    const data: PathsData = {
      unit: report.unit,
      units: tally.units,
      ...describePaths(kept, tally.shownCounts(names, kept)),
    };
    if (report.users) {
      const behind = tally.unitsBehind(names, kept, report.users);
      data.users = sortListed(behind.map((unit) => this.#listed[unit] as ListedUser));
    }
    return data;
  }
}
