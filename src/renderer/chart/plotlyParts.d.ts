/** Parts of Plotly that have no declarations of their own, as far as they are used. */
declare module 'plotly.js/src/plots/plots' {
  const Plots: {
    /** Reads the points of every trace anew. */
    doCalcdata(graph: HTMLElement): void;
    /** Gives what is drawn its colours. */
    style(graph: HTMLElement): void;
  };
  export default Plots;
}

declare module 'plotly.js/src/plots/cartesian/axes' {
  const Axes: {
    /** Draws gridlines, ticks and labels of axes. */
    draw(graph: HTMLElement, axes: readonly string[]): unknown;
  };
  export default Axes;
}
