import { useMemo } from 'react';
import { PlotlyChart, STATIC_CONFIG, type Layout, type Trace } from './plotly';

/**
 * A chart as Plotly draws it. A card renders often while its answer is on the way; Plotly, which takes longer than
 * all the rest of a card, draws only when the figure is another.
 */
export function Plot({
  traces,
  layout,
  width,
  height,
}: {
  traces: readonly Trace[];
  layout: Partial<Layout>;
  width: number;
  height: number;
}): React.JSX.Element {
  const figure = JSON.stringify({ data: traces, layout: { ...layout, width, height } });
  // Plotly writes into what it is given, so it gets its own copy.
  const { data, layout: own } = useMemo(
    () => JSON.parse(figure) as { data: Trace[]; layout: Partial<Layout> },
    [figure],
  );
  return (
    <div aria-hidden>
      <PlotlyChart data={data} layout={own} config={STATIC_CONFIG} />
    </div>
  );
}
