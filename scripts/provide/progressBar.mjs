/** A progress bar on standard error; without a terminal, one line per quarter. */

/** @param {number} bytes */
const inMegabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/**
 * @param {string} label
 * @param {(amount: number) => string} [inWords] says an amount with its unit; megabytes by default
 * @returns {{ update(done: number, total: number | null): void, end(): void }}
 */
export function progressBar(label, inWords = inMegabytes) {
  const { stderr } = process;
  let lastQuarter = -1;
  let lastDrawnAt = 0;
  return {
    update(done, total) {
      if (!stderr.isTTY) {
        const quarter = total ? Math.floor((4 * done) / total) : 0;
        if (quarter > lastQuarter) stderr.write(`${progressLine(label, done, total, inWords)}\n`);
        lastQuarter = Math.max(quarter, lastQuarter);
      } else if (Date.now() - lastDrawnAt > 100 || done === total) {
        stderr.write(`\r${progressLine(label, done, total, inWords)}\x1b[K`);
        lastDrawnAt = Date.now();
      }
    },
    end() {
      if (stderr.isTTY) stderr.write('\n');
    },
  };
}

/**
 * @param {string} label
 * @param {number} done
 * @param {number | null} total when known
 * @param {(amount: number) => string} [inWords]
 */
export function progressLine(label, done, total, inWords = inMegabytes) {
  if (!total) return `  ${label} ${inWords(done)}`;
  const filled = Math.round((20 * done) / total);
  const bar = '█'.repeat(filled) + '░'.repeat(20 - filled);
  return `  ${label} ${bar} ${Math.floor((100 * done) / total)} % of ${inWords(total)}`;
}
