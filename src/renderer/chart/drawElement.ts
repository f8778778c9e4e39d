import type { ReactElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import type { Drawn } from './exportCard';
import { serializeSvg } from './picture';

/** Draws an `<svg>` element away from the page and gives its document; its colours must be attributes. */
export function drawElement(element: ReactElement, width: number, height: number): Drawn {
  const host = document.createElement('div');
  const root = createRoot(host);
  try {
    flushSync(() => root.render(element));
    const svg = host.querySelector('svg');
    if (!svg) throw new Error('There is nothing to draw.');
    return { svg: serializeSvg(svg, width, height), width, height };
  } finally {
    root.unmount();
  }
}
