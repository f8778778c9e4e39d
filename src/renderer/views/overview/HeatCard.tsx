import { createElement } from 'react';
import type { ReportInput } from '../../../shared/reports/report';
import { drawElement } from '../../chart/drawElement';
import { HeatMap, HeatPicture } from '../../chart/HeatMap';
import { ReportCard } from '../../chart/ReportCard';
import { formatExact } from '../../format/number';
import { formatBucket } from '../../format/time';
import { openDrawer } from '../../state/drawer';
import { useReport } from '../../state/runs';
import type { ReportBase } from '../../state/useReportBase';
import { usePalette } from '../../theme/palette';
import { trendTable } from './TrendCard';
import { OVERVIEW } from '../../text/overview';
import { WORDS } from '../../text/words';

const TITLE = OVERVIEW.hourByDay;

/** When people are active: events by local hour and weekday. */
export function HeatCard({
  base,
  className,
  height,
}: {
  base: ReportBase;
  className: string;
  height: number;
}): React.JSX.Element {
  const palette = usePalette();
  const report: ReportInput & { kind: 'trend' } = {
    ...base,
    kind: 'trend',
    title: TITLE,
    measure: 'events',
    interval: 'hourOfWeek',
  };
  const run = useReport('overview.heat', report);
  return (
    <ReportCard
      title={TITLE}
      slot="overview.heat"
      run={run}
      className={className}
      height={height}
      isEmpty={({ data }) => data.series.every((series) => !series.total)}
      table={({ data, provenance }) => trendTable(data, provenance.timezone, WORDS.events, false)}
      headline={({ data }) => OVERVIEW.countEvents(formatExact(data.series[0]?.total))}
      draw={({ data, provenance }) =>
        Promise.resolve(
          drawElement(
            createElement(HeatPicture, { data, zone: provenance.timezone, palette, width: 720, height: 300 }),
            720,
            300,
          ),
        )
      }
      chart="heat"
    >
      {({ data, provenance }) => (
        <HeatMap
          data={data}
          zone={provenance.timezone}
          name={WORDS.events}
          label={OVERVIEW.titleCountEvents(TITLE, formatExact(data.series[0]?.total))}
          onPick={(at) =>
            openDrawer({
              kind: 'users',
              what: OVERVIEW.usersOn(formatBucket(at, 'hourOfWeek', provenance.timezone)),
              report: { ...report, users: { at } },
            })
          }
        />
      )}
    </ReportCard>
  );
}
