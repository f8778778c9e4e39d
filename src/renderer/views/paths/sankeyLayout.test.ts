import { expect, it } from 'vitest';
import { layOutSankey } from './sankeyLayout';

const data = {
  unit: 'session' as const,
  units: 10,
  nodes: [
    { position: 1, name: 'a', count: 10 },
    { position: 2, name: '(drop-off)', count: 6 },
    { position: 2, name: 'b', count: 4 },
  ],
  links: [
    { position: 1, from: 'a', to: '(drop-off)', count: 6 },
    { position: 1, from: 'a', to: 'b', count: 4 },
  ],
};

it('stacks nodes to one scale, drop-off last, and bands that fill both ends', () => {
  const { nodes, links } = layOutSankey(data, 400, 106, 88);
  expect(nodes.map((node) => [node.name, node.x, node.y, node.height])).toEqual([
    ['a', 0, 0, 100],
    ['b', 300, 0, 40],
    ['(drop-off)', 300, 46, 60],
  ]);
  expect(links.map((link) => [link.to, link.y0, link.y1, link.height])).toEqual([
    ['b', 0, 0, 40],
    ['(drop-off)', 40, 46, 60],
  ]);
});
