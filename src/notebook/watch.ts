import type { Watch } from '../types';
import { progress } from './progress';
import { exanKernel } from './show';

/**
 * A progress bar, and a signal that interrupting the cell sets: a search then ends with what it has so far. Under the exan
 * kernel; elsewhere nothing interrupts.
 *
 * @example
 * (await reconstructAsync(model, gradient, watch('pursuit'))).status;  // => 'exact'
 */
export function watch(label: string): Watch {
  const signal = exanKernel()?.signal;
  return { onProgress: progress(label), ...(signal ? { signal } : {}) };
}
