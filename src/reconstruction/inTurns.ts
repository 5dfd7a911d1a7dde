import { check } from '../check';
import type { AveragedGradient, ConvNet, Mlp, ObservedUpdate } from '../types';
import { runInTurns } from './columns/runHere';
import { attacking } from './reconstruct';
import type { ReconstructAsyncOptions } from './reconstructAsync';
import { reading } from './reconstructUpdate';
import type { ReconstructUpdateAsyncOptions } from './reconstructUpdateAsync';
import type { Reconstruction } from './result';

/** `reconstructAsync` where there are no threads: the search runs in this one, with turns for others in between. */
export async function reconstructAsync(
  model: Mlp | ConvNet,
  gradient: AveragedGradient,
  options: ReconstructAsyncOptions = {},
): Promise<Reconstruction> {
  checkWorkers('reconstructAsync', options);
  return runInTurns(attacking(model, gradient, options));
}

/** `reconstructUpdateAsync` where there are no threads. */
export async function reconstructUpdateAsync(
  update: ObservedUpdate,
  options: ReconstructUpdateAsyncOptions = {},
): Promise<Reconstruction> {
  checkWorkers('reconstructUpdateAsync', options);
  return runInTurns(reading(update, options));
}

function checkWorkers(caller: string, { workers = 1 }: { readonly workers?: number }): void {
  check(workers === 1, () => `${caller}: workers is ${workers}, expected 1: in a browser the search has one thread`);
}
