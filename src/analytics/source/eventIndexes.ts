import type { Document } from 'mongodb';
import type { SourceRun } from './sourceRun';

/**
 * Finds an index of the events for a hint: its key begins with these paths, and holds the others too, in
 * whatever order. Undefined when there is none.
 */
export async function findEventIndex(
  run: SourceRun,
  paths: readonly string[],
  others: readonly string[] = [],
): Promise<string | undefined> {
  const indexes = await run.indexesOf(run.source.mapping.events.collection);
  const found = indexes.find((index) => {
    const keys = Object.keys(index['key'] as Document);
    return (
      paths.every((path, position) => keys[position] === path) &&
      others.every((path) => keys.includes(path)) &&
      !('partialFilterExpression' in index) &&
      index['sparse'] !== true &&
      index['hidden'] !== true &&
      Object.values(index['key'] as Document).every((direction) => direction === 1 || direction === -1)
    );
  });
  return found === undefined ? undefined : String(found['name']);
}
