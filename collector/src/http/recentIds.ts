/** Message ids of one project, in two generations of at most `limit` each. */
export class RecentProjectIds {
  private young = new Set<string>();
  private old = new Set<string>();

  constructor(private readonly limit: number) {}

  has(id: string): boolean {
    return this.young.has(id) || this.old.has(id);
  }

  add(id: string): void {
    if (this.young.size >= this.limit) {
      this.old = this.young;
      this.young = new Set();
    }
    this.young.add(id);
  }
}

/**
 * Message ids that were lately made durable, so that a client's resend is answered without being logged again.
 * Forgetting one costs nothing, the database knows them all.
 */
export class RecentIds {
  private readonly projects = new Map<string, RecentProjectIds>();

  constructor(private readonly limit: number) {}

  /** Those of one database. */
  of(database: string): RecentProjectIds {
    let ids = this.projects.get(database);
    if (!ids) this.projects.set(database, (ids = new RecentProjectIds(this.limit)));
    return ids;
  }
}
