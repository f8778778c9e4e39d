/** What is kept under a key, or else made; those asked for last stay. */
export function recall<K, T>(kept: Map<K, T>, key: K, most: number, make: () => T): T {
  const value = kept.get(key) ?? make();
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= most) break;
    kept.delete(oldest);
  }
  return value;
}
