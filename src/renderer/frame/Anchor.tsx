import type { PopoverProps } from '@blueprintjs/core';
import type { CSSProperties } from 'react';

/** A popover's target that is only a place, without a role of its own. */
export const anchorAt =
  (style: CSSProperties): NonNullable<PopoverProps['renderTarget']> =>
  ({ ref }) => <span ref={ref} style={style} />;
