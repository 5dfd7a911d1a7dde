import { fromRows } from '../../src/math/matrix';
import type { Network } from '../../src/types';

/** One neuron that sees only the first of two inputs. */
export const oneNeuron: Network = {
  widths: [2, 1, 2],
  layers: [
    { weight: fromRows([[1, 0]]), bias: Float64Array.of(0) },
    { weight: fromRows([[1], [0]]), bias: Float64Array.of(0, 0) },
  ],
};
