import { z } from 'zod';

/** An object that refuses keys it does not know; the refusal names the ones it knows. */
export const strictObject: typeof z.strictObject = (shape, params) =>
  z.strictObject(
    shape,
    params ?? {
      error: (issue) =>
        issue.code === 'unrecognized_keys' ? `allowed are ${Object.keys(shape).join(', ')}` : undefined,
    },
  );
