import { MongoBulkWriteError, type Collection, type Db } from 'mongodb';
import type { StoredEvent } from '../../../shared/model/event';
import type { createRandom } from '../../sample/random';
import { findTraces, forgetPeople } from '../live/forgetPeople';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type Random = ReturnType<typeof createRandom>;

/** What may happen to stored events: every way in which hours can change, by chance. */
export class History {
  readonly #db: Db;
  readonly #random: Random;
  readonly #now: number;
  readonly #prefix: string;
  #made = 0;

  constructor(db: Db, options: { random: Random; now: number; prefix: string }) {
    this.#db = db;
    this.#random = options.random;
    this.#now = options.now;
    this.#prefix = options.prefix;
  }

  get #events(): Collection<StoredEvent> {
    return this.#db.collection<StoredEvent>('events', { writeConcern: { w: 'majority' } });
  }

  /** Mostly just now, sometimes hours or days late, rarely far off. */
  #instant(): number {
    const random = this.#random;
    if (random.chance(0.6)) return this.#now - random.integer(0, 2 * HOUR_MS);
    if (random.chance(0.8)) return this.#now - random.integer(0, 6 * DAY_MS);
    return this.#now + random.integer(-400, 40) * DAY_MS;
  }

  event(): StoredEvent {
    const random = this.#random;
    const user = `u${random.integer(0, 9)}`;
    return {
      _id: `${this.#prefix}-${this.#made++}`,
      userId: user,
      ...(random.chance(0.8) ? { sessionId: `${user}-s${random.integer(0, 5)}` } : {}),
      eventType: ['page_view', 'add_to_cart', 'purchase'][random.integer(0, 2)] ?? 'page_view',
      timestamp: new Date(this.#instant()),
      receivedAt: new Date(this.#now),
      ...(random.chance(0.7) ? { device: random.chance(0.5) ? 'mobile' : 'desktop' } : {}),
      properties: {},
    };
  }

  async #someId(): Promise<string> {
    const [found] = await this.#events.aggregate<{ _id: string }>([{ $sample: { size: 1 } }]).toArray();
    return found?._id ?? '';
  }

  /** One thing happens; returns what. */
  async happen(): Promise<string> {
    const random = this.#random;
    const events = this.#events;
    const kind = random.integer(0, 11);
    switch (kind) {
      case 0:
        await events.updateOne({ _id: await this.#someId() }, { $set: { device: 'tablet' } });
        return 'changed';
      case 1:
        await events.updateOne(
          { _id: await this.#someId() },
          { $set: { timestamp: new Date(this.#instant()) } },
        );
        return 'moved';
      case 2: {
        const { _id, ...rest } = this.event();
        void _id;
        await events.replaceOne({ _id: await this.#someId() }, rest);
        return 'replaced';
      }
      case 3:
        await events.deleteOne({ _id: await this.#someId() });
        return 'deleted';
      case 4: {
        const ids = [`u${random.integer(0, 9)}`];
        const traces = await findTraces(this.#db, ids);
        await events.deleteMany({ userId: { $in: ids } });
        await forgetPeople(this.#db, ids, traces);
        return 'forgotten';
      }
      default: {
        const some = Array.from({ length: random.integer(1, 20) }, () => this.event());
        await events.insertMany(some);
        if (random.chance(0.3)) {
          // A client that got no answer sends the same again.
          await events.insertMany(some, { ordered: false }).catch((error: unknown) => {
            if (!(error instanceof MongoBulkWriteError)) throw error;
          });
        }
        return 'inserted';
      }
    }
  }
}
