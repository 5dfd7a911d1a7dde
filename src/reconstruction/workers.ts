import { availableParallelism } from 'node:os';
import { check, isCount } from '../check';

/** Threads that a search is given: those asked for, or one per core. */
export function workersOf(caller: string, { workers = availableParallelism() }: { readonly workers?: number }): number {
  check(isCount(workers), () => `${caller}: workers is ${workers}, expected a positive integer`);
  return workers;
}
