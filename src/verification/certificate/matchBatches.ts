import { linearSumAssignment } from 'linear-sum-assignment';
import { Matrix } from 'ml-matrix';
import { check } from '../../check';
import { row } from '../../math/matrix';
import { meanSquaredError } from '../../math/meanSquaredError';
import type { Batch } from '../../types';

/** A recovered sample and the true one it stands for, with their mean squared error. */
export interface MatchedPair {
  readonly found: number;
  readonly truth: number;
  readonly mse: number;
}

/**
 * Optimal matching of recovered to true samples: a gradient has no order of samples, so none can be expected.
 *
 * @returns min(found, true) pairs in the order of the found samples, least total squared error
 * @throws InputError when the samples have different lengths
 * @example
 * const two = (...x: number[]) => ({ inputs: { rows: 2, columns: 1, data: Float64Array.from(x) }, labels: Int32Array.of(0, 1) });
 * matchBatches(two(0, 5), two(5, 1));  // => [{ found: 0, truth: 1, mse: 1 }, { found: 1, truth: 0, mse: 0 }]
 */
export function matchBatches(found: Batch, truth: Batch): MatchedPair[] {
  const width = truth.inputs.columns;
  check(
    found.inputs.columns === width,
    () => `matchBatches: found samples have ${found.inputs.columns} entries, the true ones ${width}; expected the same`,
  );
  if (found.inputs.rows === 0 || truth.inputs.rows === 0) return [];
  const cost = new Matrix(found.inputs.rows, truth.inputs.rows);
  for (let f = 0; f < found.inputs.rows; f++)
    for (let t = 0; t < truth.inputs.rows; t++)
      cost.set(f, t, meanSquaredError(row(found.inputs, f), row(truth.inputs, t)));
  // a copy: the library subtracts potentials in place
  const { rowAssignments } = linearSumAssignment(cost.clone(), { maximaze: false });
  return Array.from({ length: cost.rows }, (_, f) => f)
    .filter((f) => rowAssignments[f] >= 0)
    .map((f) => ({ found: f, truth: rowAssignments[f], mse: cost.get(f, rowAssignments[f]) }));
}
