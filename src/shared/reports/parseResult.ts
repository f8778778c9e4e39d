import { z } from 'zod';
import { WaymarkError } from '../errors';
import { parseWith } from './parse';
import { listedUserSchema, provenanceSchema, RESULT_DATA, type AnyResult } from './result';

const shell = z.object({
  kind: z.enum(Object.keys(RESULT_DATA) as [keyof typeof RESULT_DATA, ...(keyof typeof RESULT_DATA)[]]),
  title: z.string(),
  definition: z.array(z.string()),
  provenance: provenanceSchema,
  users: z.array(listedUserSchema).optional(),
  data: z.unknown(),
});

/**
 * Parses what `waymark run --format json` printed, or the app saved of a run.
 * @throws WaymarkError `badInput` with the path of what is no result there
 */
export function parseResult(input: unknown): AnyResult {
  if (input === null || typeof input !== 'object')
    throw new WaymarkError('badInput', 'This is not the result of a run.');
  const { data, ...rest } = parseWith(shell, input, 'badInput', 'The result');
  const schema: z.ZodType = z.object({ data: RESULT_DATA[rest.kind] });
  const read = parseWith(schema, { data }, 'badInput', 'The result') as { data: unknown };
  // The kind and its data have been parsed by the same entry of the table.
  return { ...rest, ...read } as AnyResult;
}
