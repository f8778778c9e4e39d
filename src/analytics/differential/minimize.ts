import { parseReport } from '../../shared/reports/report';
import type { ReportFile } from './reports';
import type { Stream } from './streams';

/** A report and the stream on which a voice gets it wrong. */
export interface Case {
  readonly file: ReportFile;
  readonly stream: Stream;
}

function isValid(file: ReportFile): boolean {
  try {
    parseReport(file);
    return true;
  } catch {
    return false;
  }
}

/** Every report that has one key or one element less. */
function* simplerValues(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      yield value.filter((_, other) => other !== index);
    }
    for (let index = 0; index < value.length; index += 1) {
      for (const simpler of simplerValues(value[index])) {
        yield value.map((element, other) => (other === index ? simpler : element) as unknown);
      }
    }
  } else if (value !== null && typeof value === 'object' && !(value instanceof Date)) {
    const object = value as Record<string, unknown>;
    if (typeof object['event'] === 'string') yield object['event'];
    for (const key of Object.keys(object)) {
      yield Object.fromEntries(Object.entries(object).filter(([other]) => other !== key));
    }
    for (const key of Object.keys(object)) {
      for (const simpler of simplerValues(object[key])) yield { ...object, [key]: simpler };
    }
  }
}

type Fails = (candidate: Case) => Promise<boolean>;

/** Tries smaller cases, one after the other, and keeps each that still fails; at most `budget` tries. */
class Minimizer {
  #left: number;
  readonly #fails: Fails;

  constructor(fails: Fails, budget: number) {
    this.#fails = fails;
    this.#left = budget;
  }

  async #still(candidate: Case): Promise<boolean> {
    if (this.#left <= 0) return false;
    this.#left -= 1;
    return this.#fails(candidate);
  }

  async #report(start: Case): Promise<Case> {
    let current = start;
    for (let again = true; again;) {
      again = false;
      for (const file of simplerValues(current.file)) {
        const candidate = { ...current, file: file as ReportFile };
        if (!isValid(candidate.file) || !(await this.#still(candidate))) continue;
        current = candidate;
        again = true;
        break;
      }
    }
    return current;
  }

  /** Leaves out ever smaller chunks of one list of what is stored. */
  async #list(start: Case, key: 'events' | 'users' | 'identities'): Promise<Case> {
    let current = start;
    let size = Math.ceil(current.stream.stored[key].length / 2);
    while (size >= 1) {
      for (let from = 0; from < current.stream.stored[key].length;) {
        const list = current.stream.stored[key].filter((_, index) => index < from || index >= from + size);
        const stored = { ...current.stream.stored, [key]: list };
        const candidate = { ...current, stream: { ...current.stream, stored } };
        if (await this.#still(candidate)) current = candidate;
        else from += size;
      }
      size = size === 1 ? 0 : Math.ceil(size / 2);
    }
    return current;
  }

  /** Leaves out fields of the events that are left. */
  async #fields(start: Case): Promise<Case> {
    let current = start;
    const fields = [
      'properties',
      'page',
      'device',
      'browser',
      'os',
      'country',
      'sessionId',
      'durationSec',
      'receivedAt',
    ];
    for (const field of fields) {
      const events = current.stream.stored.events.map(
        (event) =>
          Object.fromEntries(
            Object.entries(event).filter(([key]) => key !== field),
          ) as unknown as typeof event,
      );
      const candidate = {
        ...current,
        stream: { ...current.stream, stored: { ...current.stream.stored, events } },
      };
      if (await this.#still(candidate)) current = candidate;
    }
    return current;
  }

  async run(start: Case): Promise<Case> {
    let current = await this.#list(start, 'events');
    current = await this.#list(current, 'users');
    current = await this.#list(current, 'identities');
    current = await this.#fields(current);
    current = await this.#report(current);
    return this.#list(current, 'events');
  }
}

/** The smallest case found, within `budget` tries, that still fails. */
export async function minimize(start: Case, fails: Fails, budget = 600): Promise<Case> {
  return new Minimizer(fails, budget).run(start);
}
