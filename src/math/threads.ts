/**
 * Whether searches can run in worker threads. Under Deno they cannot: a pool's threads there miss tasks, and answer after its end.
 *
 * @example
 * threads();  // => true
 */
export function threads(): boolean {
  return !('Deno' in globalThis);
}
