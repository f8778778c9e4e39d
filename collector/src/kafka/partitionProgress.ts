/**
 * How far one partition is: what was read of it, and up to where everything is finished with. Messages finish in
 * any order; an offset is committed only when all before it are.
 */
export class PartitionProgress {
  /** Ends of messages under way, in order; each is the offset behind its message. */
  private ends: { end: bigint; done: boolean }[] = [];
  private head = 0;
  private finished: bigint;

  /** Where reading goes on. */
  position: bigint;
  /** What was last committed. */
  committed: bigint;
  /** The offset behind the partition's last message, as far as the brokers have said. */
  through: bigint;
  /** Somebody else has the partition now: what finishes from here on is theirs to finish again. */
  isLost = false;

  constructor(
    readonly partition: number,
    start: bigint,
    through: bigint,
  ) {
    this.position = start;
    this.finished = start;
    this.committed = start;
    this.through = through;
  }

  /** Everything before this offset is finished with. */
  get committable(): bigint {
    return this.head === this.ends.length ? this.position : this.finished;
  }

  /** Messages that are not finished with, also those not yet read. */
  get lag(): bigint {
    const lag = this.through - this.committable;
    return lag > 0n ? lag : 0n;
  }

  /** Takes a message under way that ends before offset `end`; call what it returns when it is finished with. */
  add(end: bigint): () => void {
    const entry = { end, done: false };
    this.ends.push(entry);
    this.position = end;
    return () => {
      entry.done = true;
      this.advance();
    };
  }

  private advance(): void {
    for (let next = this.ends[this.head]; next?.done; next = this.ends[this.head]) {
      this.finished = next.end;
      this.head += 1;
    }
    if (this.head > 1_000 && this.head * 2 > this.ends.length) {
      this.ends = this.ends.slice(this.head);
      this.head = 0;
    }
  }
}
