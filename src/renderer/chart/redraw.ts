import Axes from 'plotly.js/src/plots/cartesian/axes';
import Plots from 'plotly.js/src/plots/plots';
import type { Figure, Layout, Trace } from './plotly';

type Values = readonly (number | null)[];

/** What a figure shows, apart from the rest of it: the heights of its points, and the axis they are read by. */
interface Content {
  readonly heights: readonly Values[];
  readonly range: readonly [number, number];
  readonly tickvals: readonly number[];
  readonly ticktext: readonly string[];
}

/** What Plotly keeps of a figure on its element, as far as it is used here. */
interface Drawn {
  data: Trace[];
  layout: Partial<Layout>;
  readonly _fullData: { y: Values; _input: unknown }[];
  readonly _fullLayout: {
    readonly yaxis: {
      range: number[];
      tickvals: readonly number[];
      ticktext: readonly string[];
      _input: unknown;
      setScale(): void;
    };
    readonly _basePlotModules: readonly { plot(graph: HTMLElement): void }[];
  };
}

const isDrawn = (graph: HTMLElement | (HTMLElement & Drawn)): graph is HTMLElement & Drawn =>
  '_fullLayout' in graph && '_fullData' in graph;

/** A figure's content, and all the rest of it as a text; null where it is not of this form. */
function take({ data, layout }: Figure): { content: Content; rest: string } | null {
  const { yaxis, ...others } = layout;
  const { range, tickvals, ticktext, ...axis } = yaxis ?? {};
  const traces = data.map((trace) => ('y' in trace ? trace : { ...trace, y: undefined }));
  const heights = traces.map(({ y }) => y);
  if (!range || !tickvals || !ticktext || heights.some((values) => !Array.isArray(values))) return null;
  return {
    // `bucketLayout` and the descriptions of traces write these as what they are here.
    content: { heights, range, tickvals, ticktext } as Content,
    rest: JSON.stringify([traces.map((trace) => ({ ...trace, y: trace.y?.length })), others, axis]),
  };
}

const rests = new WeakMap<HTMLElement, string>();

/**
 * Draws a figure over the one an element shows, where only the heights of points and the values' axis are others:
 * by those parts of Plotly that draw these, which takes about a third of the time of `Plotly.react`, as that reads
 * all of a figure's settings anew and draws everything around it. What is on screen then is the same. Returns false,
 * and changes nothing, where there is more to draw; `Plotly.react` is for that, and to be called then.
 */
export function redraw(graph: HTMLElement, figure: Figure): boolean {
  const taken = take(figure);
  const before = rests.get(graph);
  if (taken === null) rests.delete(graph);
  else rests.set(graph, taken.rest);
  if (taken === null || taken.rest !== before || !isDrawn(graph)) return false;
  const { heights, range, tickvals, ticktext } = taken.content;
  const { _fullData: traces, _fullLayout: layout } = graph;
  if (traces.length !== heights.length) return false;
  graph.data = figure.data;
  graph.layout = figure.layout;
  heights.forEach((values, index) => {
    const trace = traces[index];
    if (!trace) return;
    trace.y = values;
    trace._input = figure.data[index];
  });
  const { yaxis } = layout;
  Object.assign(yaxis, { range: [...range], tickvals, ticktext, _input: figure.layout.yaxis });
  yaxis.setScale();
  Plots.doCalcdata(graph);
  Axes.draw(graph, ['y']);
  for (const kind of layout._basePlotModules) kind.plot(graph);
  Plots.style(graph);
  return true;
}
