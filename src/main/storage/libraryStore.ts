import path from 'node:path';
import { librarySchema, type Library, type LibraryItem, type LibraryShelf } from '../../shared/ipc/library';
import { openJsonFile, type CorruptFileListener, type JsonFile } from './jsonFile';

export interface LibraryStore {
  get(connectionId: string): Promise<Library>;
  /** Adds an item, or replaces the one with its id in place. */
  put(connectionId: string, entry: LibraryItem): Promise<Library>;
  remove(connectionId: string, shelf: LibraryShelf, id: string): Promise<Library>;
}

function place<T extends { id: string }>(items: readonly T[], item: T): T[] {
  const index = items.findIndex(({ id }) => id === item.id);
  return index < 0 ? [...items, item] : items.map((old, at) => (at === index ? item : old));
}

function placeOn(library: Library, entry: LibraryItem): Library {
  switch (entry.shelf) {
    case 'dashboards':
      return { ...library, dashboards: place(library.dashboards, entry.item) };
    case 'segments':
      return { ...library, segments: place(library.segments, entry.item) };
    case 'annotations':
      return { ...library, annotations: place(library.annotations, entry.item) };
  }
}

/** Dashboards, segments and annotations: one file per connection in a folder. */
export function createLibraryStore(folder: string, onCorrupt: CorruptFileListener): LibraryStore {
  const files = new Map<string, JsonFile<Library>>();

  function fileOf(connectionId: string): JsonFile<Library> {
    let file = files.get(connectionId);
    if (!file) {
      file = openJsonFile({
        file: path.join(folder, `${connectionId}.json`),
        schema: librarySchema,
        initial: {},
        onCorrupt,
      });
      files.set(connectionId, file);
    }
    return file;
  }

  return {
    get: (connectionId) => fileOf(connectionId).read(),
    put: (connectionId, entry) => fileOf(connectionId).update((library) => placeOn(library, entry)),
    remove: (connectionId, shelf, id) =>
      fileOf(connectionId).update((library) => ({
        ...library,
        [shelf]: library[shelf].filter((item) => item.id !== id),
      })),
  };
}
