import './globalName';
import type { Data, Layout } from 'plotly.js';
import bar from 'plotly.js/lib/bar';
import Plotly from 'plotly.js/lib/core';
import createPlotlyComponent from 'react-plotly.js/factory';

/** Plotly with the traces that are used, and nothing that would need `eval`. Scatter is part of the core. */
Plotly.register([bar]);

export const PlotlyChart = createPlotlyComponent(Plotly);

export type Trace = Data;
export type { Layout };

/** Settings of every chart: no bar of buttons, no network, no built-in interaction. */
export const STATIC_CONFIG = { displayModeBar: false, showSendToCloud: false, staticPlot: true } as const;

/** Draws a chart as an SVG document of a size in px. */
export async function drawSvg(
  data: readonly Trace[],
  layout: Partial<Layout>,
  width: number,
  height: number,
): Promise<string> {
  const url = await Plotly.toImage(
    { data: [...data], layout: { ...layout, width, height }, config: STATIC_CONFIG },
    { format: 'svg', width, height },
  );
  return decodeURIComponent(url.slice(url.indexOf(',') + 1));
}
