/**
 * The first key that an object of a JSON text has twice; JSON.parse would silently keep the last.
 *
 * @param json a text that JSON.parse accepts
 * @example
 * repeatedKey('{"a": {"b": 1, "b": 2}}');  // => 'b'
 */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const { 0: token } of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*:?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token.endsWith(':')) {
      const key = JSON.parse(token.slice(0, -1)) as string; // "a" and "\u0061" are the same key
      if (open.at(-1)?.has(key)) return key;
      open.at(-1)?.add(key);
    }
  }
  return undefined;
}
