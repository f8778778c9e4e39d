import './globalName';
import type { Config, Data, Layout } from 'plotly.js';
import bar from 'plotly.js/lib/bar';
import Plotly from 'plotly.js/lib/core';
import createPlotlyComponent from 'react-plotly.js/factory';
import { redraw } from './redraw';

/** Plotly with the traces that are used, and nothing that would need `eval`. Scatter is part of the core. */
Plotly.register([bar]);

export type Trace = Data;
export type { Layout };

/** What a chart shows, as Plotly takes it. */
export interface Figure {
  readonly data: Trace[];
  readonly layout: Partial<Layout>;
}

/** A chart drawn by Plotly; another answer in the same frame is drawn without drawing the frame again. */
export const PlotlyChart = createPlotlyComponent({
  ...Plotly,
  react: async (graph: HTMLElement, figure: Figure & { readonly config: Partial<Config> }) => {
    if (!redraw(graph, figure)) await Plotly.react(graph, figure.data, figure.layout, figure.config);
    return graph;
  },
});

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
