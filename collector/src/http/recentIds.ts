/** Message ids of one project. */
export interface RecentProjectIds {
  has(id: string): boolean;
  add(id: string): void;
}

/**
 * Message ids that were lately made durable, so that a client's resend is answered without being logged again.
 * Forgetting one costs nothing, the database knows them all: they are kept in two generations of at most `limit`,
 * all projects together.
 */
export class RecentIds {
  private young = new Map<string, Set<string>>();
  private old = new Map<string, Set<string>>();
  private count = 0;

  constructor(private readonly limit: number) {}

  /** Those of one database. */
  of(database: string): RecentProjectIds {
    return {
      has: (id) => this.young.get(database)?.has(id) === true || this.old.get(database)?.has(id) === true,
      add: (id) => {
        if (this.count >= this.limit) {
          this.old = this.young;
          this.young = new Map();
          this.count = 0;
        }
        let ids = this.young.get(database);
        if (!ids) this.young.set(database, (ids = new Set()));
        ids.add(id);
        this.count += 1;
      },
    };
  }
}
