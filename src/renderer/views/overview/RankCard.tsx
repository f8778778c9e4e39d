import { useState } from 'react';
import { HTMLSelect } from '@blueprintjs/core';
import { DEFAULT_ROLES } from '../../../shared/model/roles';
import { seriesShares } from '../../../shared/reports/ratios';
import type { ReportInput } from '../../../shared/reports/report';
import type { TrendData } from '../../../shared/reports/result';
import { BarList, type BarRow } from '../../chart/BarList';
import { drawRows } from '../../chart/picture';
import { ReportCard } from '../../chart/ReportCard';
import { fieldLabel } from '../../filters/fields';
import { formatExact, formatPercent } from '../../format/number';
import { addFilter } from '../../state/place';
import { useReport } from '../../state/runs';
import { valueFilter } from '../../state/scope';
import type { ReportBase } from '../../state/useReportBase';
import { usePalette, type Palette } from '../../theme/palette';
import { NONE, OTHER } from '../../theme/seriesColour';
import { WORDS } from '../../text/words';
import { OVERVIEW } from '../../text/overview';
import { CARD } from '../../text/cards';

export interface Ranking {
  readonly title: string;
  readonly slot: string;
  readonly measure: 'users' | 'events';
  /** Fields one can choose from; the first is shown. */
  readonly fields: readonly string[];
  readonly onlyPageViews?: boolean;
}

/** Values of a trend's breakdown as ranked rows, with their shares where they add up. */
export function rankRows(data: TrendData, measure: Ranking['measure'], palette: Palette): BarRow[] {
  const shares = measure === 'events' ? seriesShares(data) : [];
  return data.series.map((series, index) => ({
    value: series.key,
    label: series.key,
    count: series.total ?? 0,
    share: shares[index] ?? null,
    colour: series.key === OTHER || series.key === NONE ? palette.other : palette.accent,
  }));
}

/** The values of a field that hold most; a click filters by one. */
export function RankCard({
  ranking,
  base,
  className,
}: {
  ranking: Ranking;
  base: ReportBase;
  className: string;
}): React.JSX.Element {
  const { title, slot, measure, fields, onlyPageViews } = ranking;
  const palette = usePalette();
  const [field, setField] = useState(fields[0] ?? 'eventType');
  const report: ReportInput & { kind: 'trend' } = {
    ...base,
    kind: 'trend',
    title,
    measure,
    interval: 'month',
    breakdown: field,
    limit: 8,
    ...(onlyPageViews ? { event: { anyOf: [...DEFAULT_ROLES.pageViews], label: OVERVIEW.pageView } } : {}),
  };
  const run = useReport(slot, report);
  const unit = measure === 'users' ? WORDS.users : WORDS.events;
  return (
    <ReportCard
      title={title}
      slot={slot}
      run={run}
      className={className}
      height={344}
      controls={
        fields.length > 1 && (
          <HTMLSelect
            minimal
            aria-label={WORDS.field}
            value={field}
            onChange={(event) => setField(event.target.value)}
            options={fields.map((value) => ({ value, label: fieldLabel(value) }))}
          />
        )
      }
      isEmpty={({ data }) => data.series.every((series) => !series.total)}
      table={({ data }) => ({
        columns: [
          { label: fieldLabel(field) },
          { label: unit, end: true },
          ...(measure === 'events' ? [{ label: WORDS.share, end: true }] : []),
        ],
        rows: rankRows(data, measure, palette).map((row) => [
          row.label,
          formatExact(row.count),
          ...(measure === 'events' ? [formatPercent(row.share)] : []),
        ]),
        ...(measure === 'users' ? { note: CARD.uniquesDoNotAddUp } : {}),
      })}
      headline={({ data }) =>
        OVERVIEW.leadsWith(data.series[0]?.key ?? '–', formatExact(data.series[0]?.total))
      }
      draw={({ data }) => {
        const rows = rankRows(data, measure, palette);
        const most = Math.max(1, ...rows.map((row) => row.count));
        return Promise.resolve(
          drawRows(
            rows.map((row) => ({
              cells: [row.label, formatExact(row.count)],
              share: row.count / most,
              colour: row.colour,
            })),
            palette,
            560,
          ),
        );
      }}
      chart={`rank:${title}`}
    >
      {({ data }) => (
        <BarList
          rows={rankRows(data, measure, palette)}
          onFilter={(value) => {
            const asked = run.answered;
            addFilter(valueFilter(asked?.kind === 'trend' ? (asked.breakdown ?? field) : field, value));
          }}
        />
      )}
    </ReportCard>
  );
}
