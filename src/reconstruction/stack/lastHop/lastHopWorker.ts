import type { Layer } from '../../../types';
import type { Limit } from '../../working';
import { type LastHop, type LastHopOptions, lastHop } from './lastHop';

/** What a worker is sent: one sample. */
export interface LastHopTask {
  readonly layers: readonly Layer[];
  readonly features: Float64Array;
  readonly options: Omit<LastHopOptions, 'limit'>;
  /** shared memory: not zero as soon as the work is to end */
  readonly stop: Int32Array;
}

/** Finds one sample's input, in a worker thread. */
export default ({ layers, features, options, stop }: LastHopTask): LastHop => {
  const over = (): string | null => (Atomics.load(stop, 0) ? 'it was stopped' : null);
  const limit: Limit = {
    over,
    // biome-ignore lint/correctness/useYield: nobody else waits for this thread
    *breathe() {
      return over() !== null;
    },
    report: () => undefined,
  };
  const working = lastHop(layers, features, { ...options, limit });
  let step = working.next();
  while (!step.done) step = working.next(null);
  return step.value;
};
