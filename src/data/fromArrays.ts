import type { Matrix } from 'ml-matrix';
import { check, firstNonFinite, isCount } from '../check';
import { matrix } from '../math/matrix';
import type { DenseMatrix, ImageShape } from '../types';
import { type Dataset, dataset } from './dataset';
import { largest } from './largest';
import { MOST } from './limits';

/** Options of {@link fromArrays}. */
export interface ArrayOptions {
  /** @default 'arrays' */
  readonly name?: string;
  /** K. @default the largest label plus 1, at least 2 */
  readonly classes?: number;
  /** shape of samples that are pictures, channels last */
  readonly image?: ImageShape;
}

/**
 * A data set from what a program holds: rows of numbers, an ml-matrix `Matrix` or a dense matrix, one sample a row; copied.
 *
 * @throws InputError when rows differ in length, an entry is not finite, or labels do not fit
 * @example
 * data.fromArrays([[0, 1], [1, 0], [1, 1]], [0, 1, 1]).draw({ size: 2, seed: 1 }).inputs.columns;  // => 2
 */
export function fromArrays(
  inputs: Matrix | DenseMatrix | readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  options: ArrayOptions = {},
): Dataset {
  const rows = rowsOf(inputs);
  const columns = rows[0]?.length ?? 0;
  check(columns >= 1, () => 'fromArrays: inputs have no entries, expected at least one sample of one');
  check(
    rows.length * columns <= MOST,
    () => `fromArrays: inputs have ${rows.length} x ${columns} entries, expected at most 2^28`,
  );
  const values = matrix(rows.length, columns);
  rows.forEach((one, m) => {
    check(
      one.length === columns,
      () => `fromArrays: sample ${m} has ${one.length} entries, expected ${columns} as the first`,
    );
    const bad = firstNonFinite(one);
    check(bad < 0, () => `fromArrays: sample ${m} holds ${one[bad]} at ${bad}, expected finite numbers`);
    values.data.set(one, m * columns);
  });
  const own = Array.from(labels);
  const wrong = own.findIndex((label) => !isCount(label, 0) || label >= 2 ** 31);
  check(wrong < 0, () => `fromArrays: label ${wrong} is ${own[wrong]}, expected an integer >= 0`);
  const { name = 'arrays', classes = Math.max(2, 1 + largest(own)), image } = options;
  return dataset({ name, inputs: values, labels: Int32Array.from(own), classes, ...(image && { image }) });
}

function rowsOf(inputs: Matrix | DenseMatrix | readonly ArrayLike<number>[]): readonly ArrayLike<number>[] {
  if (Array.isArray(inputs)) return inputs;
  if ('to2DArray' in inputs) return inputs.to2DArray();
  const { rows, columns, data } = inputs as DenseMatrix;
  check(
    isCount(rows) && isCount(columns) && data?.length === rows * columns,
    () =>
      'fromArrays: inputs are no rows of numbers, expected an array of rows, an ml-matrix Matrix or { rows, columns, data }',
  );
  return Array.from({ length: rows }, (_, m) => data.subarray(m * columns, (m + 1) * columns));
}
