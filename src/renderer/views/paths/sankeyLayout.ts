import type { PathsData } from '../../../shared/reports/result';

export interface NodeBox {
  readonly position: number;
  readonly name: string;
  readonly count: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LinkBand {
  readonly position: number;
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** Where the band leaves and arrives (px): x, top and height at both ends. */
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly height: number;
}

const NODE_WIDTH = 12;
const GAP = 6;
const LAST = ['(other)', '(drop-off)'];

const rank = (name: string): number => LAST.indexOf(name) + 1;

/**
 * Places the nodes of a path in columns, largest first with "(other)" and "(drop-off)" last, and the links
 * as bands whose heights are to one scale. Pure; sizes in px.
 */
export function layOutSankey(
  data: PathsData,
  width: number,
  height: number,
  labelWidth: number,
): { nodes: NodeBox[]; links: LinkBand[] } {
  const positions = [...new Set(data.nodes.map((node) => node.position))].sort((a, b) => a - b);
  const columns = positions.map((position) =>
    data.nodes
      .filter((node) => node.position === position)
      .sort((a, b) => rank(a.name) - rank(b.name) || b.count - a.count || (a.name < b.name ? -1 : 1)),
  );
  const scale = Math.min(
    ...columns.map((column) => {
      const sum = column.reduce((total, node) => total + node.count, 0);
      return sum > 0 ? Math.max(1, height - GAP * (column.length - 1)) / sum : Infinity;
    }),
  );
  const step = positions.length > 1 ? (width - labelWidth - NODE_WIDTH) / (positions.length - 1) : 0;
  const nodes = columns.flatMap((column, index) => {
    let y = 0;
    return column.map((node): NodeBox => {
      const box = { ...node, x: index * step, y, width: NODE_WIDTH, height: Math.max(1, node.count * scale) };
      y += box.height + GAP;
      return box;
    });
  });
  const find = (position: number, name: string): NodeBox | undefined =>
    nodes.find((node) => node.position === position && node.name === name);
  const order = new Map(nodes.map((node, index) => [`${node.position} ${node.name}`, index]));
  const at = (position: number, name: string): number => order.get(`${position} ${name}`) ?? 0;
  const leaving = new Map<NodeBox, number>();
  const arriving = new Map<NodeBox, number>();
  const sorted = [...data.links].sort(
    (a, b) =>
      a.position - b.position ||
      at(a.position, a.from) - at(b.position, b.from) ||
      at(a.position + 1, a.to) - at(b.position + 1, b.to),
  );
  const links = sorted.flatMap((link): LinkBand[] => {
    const from = find(link.position, link.from);
    const to = find(link.position + 1, link.to);
    if (!from || !to) return [];
    const band = link.count * scale;
    const y0 = from.y + (leaving.get(from) ?? 0);
    const y1 = to.y + (arriving.get(to) ?? 0);
    leaving.set(from, (leaving.get(from) ?? 0) + band);
    arriving.set(to, (arriving.get(to) ?? 0) + band);
    return [{ ...link, x0: from.x + NODE_WIDTH, y0, x1: to.x, y1, height: Math.max(0.5, band) }];
  });
  return { nodes, links };
}

/** The outline of a band as an SVG path. */
export function bandPath({ x0, y0, x1, y1, height }: LinkBand): string {
  const middle = (x0 + x1) / 2;
  return `M${x0},${y0}C${middle},${y0} ${middle},${y1} ${x1},${y1}L${x1},${y1 + height}C${middle},${y1 + height} ${middle},${y0 + height} ${x0},${y0 + height}Z`;
}
