import { fromRows } from '../../src/math/matrix';
import { mlpOf } from '../../src/model/mlp';
import type { Batch, Mlp } from '../../src/types';

/*
 * Worked on paper: three neurons z = [x, -x, 2x], head rows [1, 0, 0] and [0, 0, 0], biases 0; one sample x = a = ln 3 of label 0, rate 1.
 * Step 1: features [a, 0, 2a], p = [3/4, 1/4], g = [-1/4, 1/4], delta = [-1/4, 0, 0].
 * Step 2: neuron 0 has weight 1 + a/4 and bias 1/4, so its feature is h = a (1 + a/4) + 1/4; the head's rows are
 *   [1 + a/4, 0, a/2] and minus [a/4, 0, a/2], its biases 1/4 and -1/4; so the logits differ by s = (1 + a/2) h + 2a² + 1/2,
 *   g = [-q, q] with q = 1 / (1 + e^s), delta = [-q (1 + a/2), 0, -q a].
 */
const a = Math.log(3);
const h = a * (1 + a / 4) + 1 / 4;
const q = 1 / (1 + Math.exp((1 + a / 2) * h + 2 * a * a + 1 / 2));

/** The network before. */
export const before: Mlp = mlpOf([
  { weight: fromRows([[1], [-1], [2]]), bias: new Float64Array(3) },
  {
    weight: fromRows([
      [1, 0, 0],
      [0, 0, 0],
    ]),
    bias: new Float64Array(2),
  },
]);

/** Its one sample. */
export const sample: Batch = { inputs: fromRows([[a]]), labels: Int32Array.of(0) };

/** The network after two steps of rate 1. */
export const after: Mlp = mlpOf([
  {
    weight: fromRows([[1 + a / 4 + q * (1 + a / 2) * a], [-1], [2 + q * a * a]]),
    bias: Float64Array.of(1 / 4 + q * (1 + a / 2), 0, q * a),
  },
  {
    weight: fromRows([
      [1 + a / 4 + q * h, 0, a / 2 + 2 * a * q],
      [-a / 4 - q * h, 0, -a / 2 - 2 * a * q],
    ]),
    bias: Float64Array.of(1 / 4 + q, -1 / 4 - q),
  },
]);
