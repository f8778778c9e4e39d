import type { Document } from 'mongodb';
import { findEventIndex } from '../source/eventIndexes';
import { storedIdForms } from '../filters/conditions';
import { valueAt } from '../mapping/documents';
import { idText } from '../mapping/storedText';
import type { SourceRun } from '../source/sourceRun';

/** Which ids belong to one person. Ids are text; an id without an alias edge is its own canonical id. */
export class IdentityMap {
  readonly #canonical = new Map<string, string>();
  readonly #aliases = new Map<string, string[]>();

  /** Whether one id may be stored in several forms, as 5 and "5". */
  readonly hasMixedForms: boolean;

  /**
   * @param edges alias → canonical; chains are followed, an edge that closes a circle is ignored
   * @param hasMixedForms whether one id may be stored in several forms, as 5 and "5"
   */
  constructor(edges: Iterable<readonly [alias: string, canonical: string]> = [], hasMixedForms = false) {
    this.hasMixedForms = hasMixedForms;
    const direct = new Map<string, string>();
    for (const [alias, canonical] of edges) if (alias !== canonical) direct.set(alias, canonical);
    for (const alias of direct.keys()) {
      let canonical = alias;
      const seen = new Set<string>();
      for (let next = direct.get(canonical); next !== undefined; next = direct.get(canonical)) {
        if (seen.has(canonical)) break;
        seen.add(canonical);
        canonical = next;
      }
      if (canonical === alias || seen.has(canonical)) continue;
      this.#canonical.set(alias, canonical);
      const others = this.#aliases.get(canonical);
      if (others) others.push(alias);
      else this.#aliases.set(canonical, [alias]);
    }
  }

  /** Number of aliases. */
  get size(): number {
    return this.#canonical.size;
  }

  canonicalOf(id: string): string {
    return this.#canonical.get(id) ?? id;
  }

  /** The other ids of a canonical user. */
  aliasesOf(canonical: string): readonly string[] {
    return this.#aliases.get(canonical) ?? [];
  }

  /** Whether events of an id's person may lie under several stored ids: aliases, or other forms of the same. */
  isMerged(id: string): boolean {
    if (this.#canonical.has(id) || this.#aliases.has(id)) return true;
    return this.hasMixedForms && storedIdForms(id).length > 1;
  }

  /** Every id that belongs to the person of an id, the canonical one first. */
  allIdsOf(id: string): readonly string[] {
    const canonical = this.canonicalOf(id);
    return [canonical, ...this.aliasesOf(canonical)];
  }

  aliases(): Iterable<readonly [alias: string, canonical: string]> {
    return this.#canonical.entries();
  }
}

/** Whether events hold user ids as text and as something else; assumed where no index can tell. */
async function hasMixedForms(run: SourceRun): Promise<boolean> {
  const { collection, fields, unwind } = run.source.mapping.events;
  const hint = unwind === undefined ? await findEventIndex(run, [fields.userId]) : undefined;
  if (hint === undefined) return true;
  const holds = async (type: string | string[]): Promise<boolean> => {
    const found = run.find(
      collection,
      { [fields.userId]: { $type: type } },
      { limit: 1, projection: { _id: 1 }, hint, purpose: 'forms of user ids' },
    );
    for await (const batch of found) if (batch.length > 0) return true;
    return false;
  };
  return (await holds('string')) && (await holds(['number', 'objectId']));
}

/** Loads the alias edges; empty when the mapping has none or the collection does not exist. */
export async function loadIdentities(run: SourceRun): Promise<IdentityMap> {
  const { identities } = run.source.mapping;
  const isMixed = await hasMixedForms(run);
  if (!identities || !(await run.source.hasCollection(identities.collection)))
    return new IdentityMap([], isMixed);
  const edges: (readonly [string, string])[] = [];
  const projection = { [identities.alias]: 1, [identities.canonical]: 1 };
  for await (const batch of run.find<Document>(identities.collection, {}, { projection })) {
    for (const edge of batch) {
      const alias = idText(valueAt(edge, identities.alias));
      const canonical = idText(valueAt(edge, identities.canonical));
      if (alias !== null && canonical !== null) edges.push([alias, canonical]);
    }
  }
  return new IdentityMap(edges, isMixed);
}
