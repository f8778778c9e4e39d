/** A progress bar on standard error; without a terminal, one line per quarter. */

/**
 * @param {string} label
 * @returns {{ update(done: number, total: number | null): void, end(): void }} amounts in bytes
 */
export function progressBar(label) {
  const { stderr } = process;
  let lastQuarter = -1;
  let lastDrawnAt = 0;
  return {
    update(done, total) {
      if (!stderr.isTTY) {
        const quarter = total ? Math.floor((4 * done) / total) : 0;
        if (quarter > lastQuarter) stderr.write(`${progressLine(label, done, total)}\n`);
        lastQuarter = Math.max(quarter, lastQuarter);
      } else if (Date.now() - lastDrawnAt > 100 || done === total) {
        stderr.write(`\r${progressLine(label, done, total)}\x1b[K`);
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
 * @param {number} done bytes
 * @param {number | null} total bytes, when known
 */
export function progressLine(label, done, total) {
  const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);
  if (!total) return `  ${label} ${megabytes(done)} MB`;
  const filled = Math.round((20 * done) / total);
  const bar = '█'.repeat(filled) + '░'.repeat(20 - filled);
  return `  ${label} ${bar} ${Math.floor((100 * done) / total)} % of ${megabytes(total)} MB`;
}
