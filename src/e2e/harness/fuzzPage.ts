import type { Page } from 'playwright';
import type { ErrorEnvelope } from '../../shared/errors';
import type { PageGlobals } from './app';

/** What a fuzzed channel answered: how many payloads were sent, each error code's count, and the first own faults. */
export interface FuzzOutcome {
  readonly sent: number;
  readonly codes: Readonly<Record<string, number>>;
  readonly faults: readonly ErrorEnvelope[];
}

/**
 * Sends random payloads to a channel from the page itself, so that everything a compromised page could send goes
 * across: dates, maps, bytes, cycles, holes, not-numbers. Half of them have keys of the channel's own request. The
 * same seed gives the same payloads.
 */
export function fuzzChannel(
  page: Page,
  channel: string,
  keys: readonly string[],
  payloads: number,
  seed: number,
): Promise<FuzzOutcome> {
  return page.evaluate(
    async ({ name, ownKeys, count, start }) => {
      const { waymark } = globalThis as unknown as PageGlobals;
      // mulberry32
      let state = start >>> 0;
      const random = (): number => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
      };
      const below = (limit: number): number => Math.floor(random() * limit);
      const texts = [
        ...[
          '',
          '*',
          '$where',
          '__proto__',
          'constructor',
          '\0',
          '../../etc/passwd',
          'mongodb://a:b@c',
          'NaN',
        ],
        ...[
          'file:///etc/passwd',
          'javascript:1',
          '=1+1',
          'kpis',
          'trend',
          'device',
          '2026-01-01',
          '\ud800',
          '{}',
        ],
      ];
      const text = (): string =>
        random() < 0.7
          ? (texts[below(texts.length)] ?? '')
          : String.fromCharCode(...Array.from({ length: below(40) }, () => below(0x3000)));
      const key = (): string => (random() < 0.8 ? (ownKeys[below(ownKeys.length)] ?? 'id') : text());
      const value = (depth: number): unknown => {
        switch (below(depth > 0 ? 20 : 13)) {
          case 0:
            return undefined;
          case 1:
            return null;
          case 2:
            return random() < 0.5;
          case 3:
            return [Number.NaN, Infinity, -Infinity, -0, 1e308, 2 ** 53][below(6)];
          case 4:
            return below(2_000) - 1_000;
          case 5:
            return random() * 1e6;
          case 6:
            return BigInt(below(1e9)) ** 3n;
          case 7:
            return new Date(random() < 0.2 ? Number.NaN : random() * 4e12);
          case 8:
            return new Uint8Array(below(64));
          case 9:
            return /x/g;
          case 10:
            return 'x'.repeat(below(20_000));
          case 11:
          case 12:
            return text();
          case 13:
            return Array.from({ length: below(6) }, () => value(depth - 1));
          case 14:
            return new Map([[text(), value(depth - 1)]]);
          case 15:
            return new Set([value(depth - 1)]);
          case 16: {
            const circle: Record<string, unknown> = { id: text() };
            // Not by assignment: that would make a cycle of prototypes, which no object can have.
            Object.defineProperty(circle, key(), { value: circle, enumerable: true });
            return circle;
          }
          default:
            return object(depth);
        }
      };
      const object = (depth: number): Record<string, unknown> =>
        Object.fromEntries(Array.from({ length: 1 + below(5) }, () => [key(), value(depth - 1)]));
      const codes: Record<string, number> = {};
      const faults: ErrorEnvelope[] = [];
      const send = async (index: number): Promise<void> => {
        const request = (index % 2 === 0 ? value(3) : object(3)) as never;
        const id = `fuzz-${name}-${start}-${index}`;
        // What is not cancelled could run for as long as the window is there.
        setTimeout(() => waymark.cancel(id), 2_000);
        // Some values, such as an object that is its own prototype, the bridge itself does not let across.
        const reply = await waymark.call({ id, channel: name as never, request }).catch(() => undefined);
        const code = reply === undefined ? 'stopped at the bridge' : reply.ok ? 'ok' : reply.error.code;
        codes[code] = (codes[code] ?? 0) + 1;
        if (reply?.ok === false && code === 'internal' && faults.length < 3) faults.push(reply.error);
      };
      for (let index = 0; index < count; index += 100) {
        await Promise.all(Array.from({ length: Math.min(100, count - index) }, (_, at) => send(index + at)));
      }
      return { sent: count, codes, faults };
    },
    { name: channel, ownKeys: keys, count: payloads, start: seed },
  );
}
