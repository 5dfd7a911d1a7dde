/**
 * Items with the same key, in the order in which keys and items come.
 *
 * @example
 * groupedBy([1, 2, 3], (n) => String(n % 2));  // => [[1, 3], [2]]
 */
export function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}
