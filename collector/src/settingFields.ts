import { z } from 'zod';

/** A text that may not be empty. */
export const text = (fallback: string) => z.string().trim().min(1).default(fallback);

/** A number within bounds. */
export const count = (fallback: number, min: number, max: number) =>
  z
    .string()
    .trim()
    .default(String(fallback))
    .transform((value, context) => {
      const number = Number(value);
      if (value !== '' && Number.isFinite(number) && number >= min && number <= max) return number;
      context.addIssue({ code: 'custom', message: `must be a number from ${min} to ${max}, not "${value}"` });
      return z.NEVER;
    });

/** Parts between commas, without blanks and empty ones. */
export const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
