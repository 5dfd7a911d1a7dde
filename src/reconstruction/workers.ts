import { availableParallelism } from 'node:os';
import { check, isCount } from '../check';

/** Whether searches can run in worker threads. Under Deno they cannot: a pool's threads there miss tasks, and answer after its end. */
export function hasThreads(): boolean {
  return !('Deno' in globalThis);
}

/** Threads that a search is given: those asked for, or one per core. */
export function workersOf(caller: string, { workers = availableParallelism() }: { readonly workers?: number }): number {
  check(isCount(workers), () => `${caller}: workers is ${workers}, expected a positive integer`);
  return workers;
}
