import { useEffect, useState, type RefCallback } from 'react';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of an element in whole px, kept current, and the element. Attach the first value as `ref`. */
export function useSize<T extends HTMLElement>(): [RefCallback<T>, Size, T | null] {
  const [element, setElement] = useState<T | null>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const width = Math.floor(entry.contentRect.width);
      const height = Math.floor(entry.contentRect.height);
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, size, element];
}
