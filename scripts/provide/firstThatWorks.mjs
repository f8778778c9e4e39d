/** The order in which an external program is looked for, and the words about what came of it. */

/**
 * @typedef {object} Provided
 * @property {string} path of the executable
 * @property {string} version
 * @property {string} from the source that had it, in words
 * @property {string[]} failures why the sources before it did not
 *
 * @typedef {object} Source
 * @property {string} from what this source is, in words
 * @property {() => Promise<string | null>} find the executable's path, null when this source has none; throws when it
 *   should have one and has not
 * @property {boolean} [final] the user's own choice: when it fails, nothing else is tried
 */

/**
 * Asks the sources in their order and returns the first program that runs.
 * @param {string} name of the program
 * @param {Source[]} sources
 * @param {(path: string) => Promise<string> | string} versionOf runs the program for its version; throws when it does not run
 * @param {string} fix what to do when nothing works
 * @returns {Promise<Provided>}
 */
export async function firstThatWorks(name, sources, versionOf, fix) {
  /** @type {string[]} */
  const failures = [];
  for (const { from, find, final } of sources) {
    try {
      const path = await find();
      if (path) return { path, version: await versionOf(path), from, failures };
    } catch (error) {
      const reason = `${from}: ${error instanceof Error ? error.message : String(error)}`;
      if (final) throw new Error(`${name}, ${reason}`, { cause: error });
      failures.push(reason);
    }
  }
  throw new Error(
    [`No ${name} could be provided.`, ...failures.map((line) => `  - ${line}`), fix].join('\n'),
  );
}

/**
 * One line on what was chosen and why.
 * @param {string} name
 * @param {Provided} provided
 */
export function describeChoice(name, { version, from, failures, path }) {
  const why = failures.length > 0 ? ` (${failures.join('; ')})` : '';
  return `${name} ${version}: ${from}${why}, ${path}`;
}
