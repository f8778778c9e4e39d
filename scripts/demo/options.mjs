/** The arguments of `npm run demo`. */
import { parseArgs } from 'node:util';

export const USAGE = `npm run demo -- [options]     a sample shop, live, in a window

  --events N    events of its 90 days of history (default 250000)
  --seed N      another shop for another number (default 1)
  --reset       begin anew instead of keeping what is there
  --smoke       no person needed: wait for data in the window, check it against the command line, end
  --out DIR     where --smoke writes overview.png, overview.csv and kpis.json (default demo-smoke)
  --help        this text`;

const MOST_EVENTS = 100_000_000;

/**
 * @typedef {object} DemoOptions
 * @property {number | null} events null: as before, else 250,000
 * @property {number | null} seed null: as before, else 1
 * @property {boolean} reset
 * @property {boolean} smoke
 * @property {string} out
 * @property {boolean} help
 */

/**
 * Throws a sentence about what is wrong.
 * @param {readonly string[]} args
 * @returns {DemoOptions}
 */
export function readDemoOptions(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string' },
      seed: { type: 'string' },
      reset: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.out !== undefined && !values.smoke) throw new Error('--out belongs to --smoke.');
  return {
    events: readWhole('--events', values.events, 1, MOST_EVENTS),
    seed: readWhole('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    reset: values.reset,
    smoke: values.smoke,
    out: values.out ?? 'demo-smoke',
    help: values.help,
  };
}

/**
 * @param {string} name
 * @param {string | undefined} text
 * @param {number} least
 * @param {number} most
 */
function readWhole(name, text, least, most) {
  if (text === undefined) return null;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${name} takes a whole number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}
