/** Stripes for what is not complete yet, as a pattern that fills a shape: `fill="url(#id)"` inside the same SVG. */
export function Hatch({
  id,
  ink,
  ground,
}: {
  id: string;
  /** Colour of the stripes. */
  ink: string;
  /** What lies between them; nothing by default. */
  ground?: string;
}): React.JSX.Element {
  return (
    <defs>
      <pattern id={id} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        {ground !== undefined && <rect width={6} height={6} fill={ground} />}
        <rect width={1.5} height={6} fill={ink} />
      </pattern>
    </defs>
  );
}
