import type { ObservedUpdate } from '../types';
import { runParallel } from './columns/runParallel';
import { type ReconstructUpdateOptions, reading } from './reconstructUpdate';
import type { Reconstruction } from './result';
import { workersOf } from './workers';

/** Options of {@link reconstructUpdateAsync}. */
export interface ReconstructUpdateAsyncOptions extends ReconstructUpdateOptions {
  /** threads that search. @default one per core */
  readonly workers?: number;
}

/**
 * {@link reconstructUpdate} with the search on all cores, while this thread stays free to show progress and to be stopped.
 *
 * @throws InputError as `reconstructUpdate`, and for a number of workers that is no positive integer
 * @example
 * const update = localUpdate(model, secret, { rate: 0.1, epochs: 2, batchSize: 4 });
 * const found = await reconstructUpdateAsync(update, { workers: 2 });
 * found.training?.order?.length;  // => 4
 */
export async function reconstructUpdateAsync(
  update: ObservedUpdate,
  options: ReconstructUpdateAsyncOptions = {},
): Promise<Reconstruction> {
  const workers = workersOf('reconstructUpdateAsync', options);
  return runParallel(reading(update, options), workers, options.signal);
}
