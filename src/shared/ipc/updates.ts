import { z } from 'zod';

/** What came of looking for an update, and the sentence to show. */
export const updateOutcomeSchema = z.object({
  state: z.enum(['off', 'current', 'available', 'failed']),
  text: z.string(),
});
export type UpdateOutcome = z.infer<typeof updateOutcomeSchema>;
