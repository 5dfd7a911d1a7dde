import { largest, matrix, row, sum } from '../../math/matrix';
import type { DenseMatrix } from '../../types';

/** Sign and scale of each estimate: by its bias gradient, which is its scale itself, or by the range that the inputs have. */
export function signAndScale(
  mixed: DenseMatrix,
  biases: Float64Array | undefined,
  bounds: readonly [number, number] | undefined,
): DenseMatrix {
  const [low, high] = bounds ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const inputs = matrix(mixed.rows, mixed.columns);
  for (let m = 0; m < mixed.rows; m++) {
    const own = row(mixed, m);
    const spread = own.reduce((a, b) => Math.max(a, b)) - own.reduce((a, b) => Math.min(a, b));
    // without biases the mean lies on the side of zero on which the middle of the range lies
    const scale = biases
      ? biases[m] || 1
      : (Math.sign(sum(own) * (low + high)) || 1) * (spread / (high - low) || largest(own) || 1);
    row(inputs, m).set(own.map((v) => Math.min(high, Math.max(low, v / scale))));
  }
  return inputs;
}
