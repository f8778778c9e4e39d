import type { EventLine } from '../../shared/model/event';

/** An event and the moment (ms) at which it reaches the shop's servers. */
export interface Arrival {
  readonly at: number;
  readonly event: EventLine;
  /** False for an event that is sent a second time. */
  readonly isFirst: boolean;
}

/** Hands arrivals out in order of time, equal ones in order of entry (a binary heap). */
export class ArrivalQueue {
  private readonly heap: { arrival: Arrival; entry: number }[] = [];
  private entries = 0;

  get size(): number {
    return this.heap.length;
  }

  add(arrival: Arrival): void {
    this.heap.push({ arrival, entry: this.entries });
    this.entries += 1;
    let index = this.heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(index, parent)) break;
      this.swap(index, parent);
      index = parent;
    }
  }

  /** Removes and yields everything that arrives before an instant (ms). */
  *takeBefore(instant: number): Generator<Arrival> {
    for (let top = this.heap[0]; top && top.arrival.at < instant; top = this.heap[0]) {
      this.removeTop();
      yield top.arrival;
    }
  }

  private removeTop(): void {
    const last = this.heap.pop();
    if (!last || this.heap.length === 0) return;
    this.heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      let first = index;
      if (left < this.heap.length && this.isBefore(left, first)) first = left;
      if (left + 1 < this.heap.length && this.isBefore(left + 1, first)) first = left + 1;
      if (first === index) return;
      this.swap(index, first);
      index = first;
    }
  }

  private isBefore(left: number, right: number): boolean {
    const one = this.heap[left];
    const other = this.heap[right];
    if (!one || !other) return false;
    return (
      one.arrival.at < other.arrival.at || (one.arrival.at === other.arrival.at && one.entry < other.entry)
    );
  }

  private swap(left: number, right: number): void {
    const one = this.heap[left];
    const other = this.heap[right];
    if (!one || !other) return;
    this.heap[left] = other;
    this.heap[right] = one;
  }
}
