import type { DenseMatrix } from '../types';

/**
 * target += scale * sum_k factors[start + k * stride] * row k of B, for all rows of B: the kernel of the matrix products.
 *
 * Zero factors (dark pixels, silent ReLUs) are skipped, and four rows are added at a time, which reads and writes the
 * target a quarter as often.
 *
 * @param target as long as a row of B
 * @example
 * const y = Float64Array.of(1, 1);
 * combineRows(y, fromRows([[1, 2], [3, 4]]), Float64Array.of(10, 0), { start: 0, stride: 1 });  // y => [11, 21]
 */
export function combineRows(
  target: Float64Array,
  { rows, columns, data }: DenseMatrix,
  factors: Float64Array,
  { start, stride, scale = 1 }: { start: number; stride: number; scale?: number },
): void {
  let k = 0;
  while (k < rows) {
    let found = 0;
    for (; k < rows && found < 4; k++) {
      const factor = factors[start + k * stride];
      if (factor === 0) continue;
      weights[found] = factor * scale;
      offsets[found++] = k * columns;
    }
    if (found === 4) addFour(target, data);
    else for (let f = 0; f < found; f++) addOne(target, data, weights[f], offsets[f]);
  }
}

const weights = new Float64Array(4);
const offsets = new Int32Array(4);

function addFour(target: Float64Array, data: Float64Array): void {
  const [w0, w1, w2, w3] = [weights[0], weights[1], weights[2], weights[3]];
  const [k0, k1, k2, k3] = [offsets[0], offsets[1], offsets[2], offsets[3]];
  for (let j = 0; j < target.length; j++)
    target[j] = target[j] + (w0 * data[k0 + j] + w1 * data[k1 + j]) + (w2 * data[k2 + j] + w3 * data[k3 + j]);
}

function addOne(target: Float64Array, data: Float64Array, weight: number, offset: number): void {
  for (let j = 0; j < target.length; j++) target[j] += weight * data[offset + j];
}
