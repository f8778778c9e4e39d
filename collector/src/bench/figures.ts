import { readFile } from 'node:fs/promises';
import { send } from '../testing/load';
import { type LoadFigures, percentile } from './httpLoad';

/** Seconds of processor time that a process has used; only where the system tells. */
export async function cpuSeconds(pid: number): Promise<number> {
  try {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

/** Prints one line of figures. */
export const print = (label: string, figures: Record<string, string>): void => {
  const text = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`${label.padEnd(34)} ${text.join('   ')}\n`);
};

/** Median and 99th percentile of the answers' times. */
export const describeLatency = ({ latenciesMs }: LoadFigures): Record<string, string> => ({
  p50: `${percentile(latenciesMs, 0.5).toFixed(1)} ms`,
  p99: `${percentile(latenciesMs, 0.99).toFixed(1)} ms`,
});

/** One figure of a process' metrics. */
export async function figureOf(url: string, name: string): Promise<number> {
  const { body } = await send(`${url}/metrics`, '', { method: 'GET' });
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(body)?.[1] ?? Number.NaN);
}
