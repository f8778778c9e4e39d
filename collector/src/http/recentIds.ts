/**
 * Message ids that were lately made durable, so that a client's resend is answered without being logged again.
 * Two generations of at most `limit` each; forgetting one costs nothing, the database knows them all.
 */
export class RecentIds {
  private young = new Set<string>();
  private old = new Set<string>();

  constructor(private readonly limit: number) {}

  has(database: string, id: string): boolean {
    const key = `${database}\n${id}`;
    return this.young.has(key) || this.old.has(key);
  }

  add(database: string, id: string): void {
    if (this.young.size >= this.limit) {
      this.old = this.young;
      this.young = new Set();
    }
    this.young.add(`${database}\n${id}`);
  }
}
