import type { AveragedGradient, ConvNet, Mlp } from '../types';
import { runParallel } from './columns/runParallel';
import { attacking, type ReconstructOptions } from './reconstruct';
import type { Reconstruction } from './result';
import { workersOf } from './workers';

/** Options of {@link reconstructAsync}. */
export interface ReconstructAsyncOptions extends ReconstructOptions {
  /** threads that search. @default one per core */
  readonly workers?: number;
}

/**
 * {@link reconstruct} with the search on all cores, while this thread stays free to show progress and to be stopped.
 * The answer is the same for any number of workers, and the same as that of `reconstruct`, unless time runs out.
 *
 * @throws InputError as `reconstruct`, and for a number of workers that is no positive integer; an abort is no error:
 * the answer then has what was found so far
 * @example
 * const stop = new AbortController();
 * (await reconstructAsync(model, gradient, { workers: 2, signal: stop.signal })).status;  // => 'exact'
 */
export async function reconstructAsync(
  model: Mlp | ConvNet,
  gradient: AveragedGradient,
  options: ReconstructAsyncOptions = {},
): Promise<Reconstruction> {
  const workers = workersOf('reconstructAsync', options);
  return runParallel(attacking(model, gradient, options), workers, options.signal);
}
