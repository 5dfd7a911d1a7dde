import { fromRows } from '../../src/math/matrix';
import { mlpOf } from '../../src/model/mlp';
import type { Mlp } from '../../src/types';

/** One neuron that sees only the first of two inputs. */
export const oneNeuron: Mlp = mlpOf([
  { weight: fromRows([[1, 0]]), bias: Float64Array.of(0) },
  { weight: fromRows([[1], [0]]), bias: Float64Array.of(0, 0) },
]);
