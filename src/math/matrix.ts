import { check, isCount } from '../check';
import type { DenseMatrix } from '../types';

/**
 * A rows x columns matrix; without data it is filled with zeros, with data it wraps them (no copy).
 *
 * @throws InputError when the sizes are not counts or the data have another length
 */
export function matrix(rows: number, columns: number, data?: Float64Array): DenseMatrix {
  check(isCount(rows, 0) && isCount(columns, 0), () => `matrix: size is ${rows} x ${columns}, expected two counts`);
  const values = data ?? new Float64Array(rows * columns);
  check(values.length === rows * columns, () => `matrix: ${values.length} values, expected ${rows} x ${columns}`);
  return { rows, columns, data: values };
}

/** Matrix from rows of equal length, `fromRows([[1, 2], [3, 4]])`; of this many columns when there may be no row. */
export function fromRows(rows: readonly ArrayLike<number>[], columns: number = rows[0]?.length ?? 0): DenseMatrix {
  const result = matrix(rows.length, columns);
  rows.forEach((row, i) => {
    check(row.length === columns, () => `fromRows: row ${i} has ${row.length} entries, expected ${columns}`);
    result.data.set(row, i * columns);
  });
  return result;
}

/** Row i as a view: writing to it writes to the matrix. */
export function row(a: DenseMatrix, i: number): Float64Array {
  return a.data.subarray(i * a.columns, (i + 1) * a.columns);
}

/** Some rows, in the given order, as a copy. */
export function rowsOf(a: DenseMatrix, rows: ArrayLike<number>): DenseMatrix {
  const result = matrix(rows.length, a.columns);
  for (let i = 0; i < rows.length; i++) row(result, i).set(row(a, rows[i]));
  return result;
}

/** The first rows, as a copy. */
export function topRows(a: DenseMatrix, rows: number): DenseMatrix {
  return matrix(rows, a.columns, a.data.slice(0, rows * a.columns));
}

/** Column j as a copy. */
export function column(a: DenseMatrix, j: number): Float64Array {
  return Float64Array.from({ length: a.rows }, (_, i) => a.data[i * a.columns + j]);
}

/** Some columns, in the given order, as a copy. */
export function columns(a: DenseMatrix, chosen: readonly number[]): DenseMatrix {
  const part = matrix(a.rows, chosen.length);
  for (let i = 0; i < a.rows; i++)
    chosen.forEach((j, at) => {
      part.data[i * chosen.length + at] = a.data[i * a.columns + j];
    });
  return part;
}

/** [A, 1]: a column of ones behind the others, which carries the bias. */
export function withOnes(a: DenseMatrix): DenseMatrix {
  const result = matrix(a.rows, a.columns + 1);
  for (let i = 0; i < a.rows; i++) {
    row(result, i).set(row(a, i));
    result.data[(i + 1) * result.columns - 1] = 1;
  }
  return result;
}

/**
 * A + t B, as a new matrix.
 *
 * @throws InputError when the sizes differ
 */
export function plus(a: DenseMatrix, b: DenseMatrix, t = 1): DenseMatrix {
  check(
    a.rows === b.rows && a.columns === b.columns,
    () => `plus: ${a.rows} x ${a.columns} and ${b.rows} x ${b.columns}, expected equal sizes`,
  );
  const sum = matrix(a.rows, a.columns, a.data.slice());
  axpy(t, b.data, sum.data);
  return sum;
}

/** The rows of A, then those of B. */
export function stacked(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  const all = matrix(a.rows + b.rows, b.columns);
  all.data.set(a.data);
  all.data.set(b.data, a.data.length);
  return all;
}

export function transpose(a: DenseMatrix): DenseMatrix {
  const t = matrix(a.columns, a.rows);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < a.columns; j++) t.data[j * a.rows + i] = a.data[i * a.columns + j];
  return t;
}

/** Dot product of two vectors of the same length. */
export function dot(x: Float64Array, y: Float64Array): number {
  // four accumulators: the additions of one would wait for each other
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const n = x.length;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    s0 += x[i] * y[i];
    s1 += x[i + 1] * y[i + 1];
    s2 += x[i + 2] * y[i + 2];
    s3 += x[i + 3] * y[i + 3];
  }
  for (; i < n; i++) s0 += x[i] * y[i];
  return s0 + s1 + (s2 + s3);
}

/** A x. */
export function timesVector(a: DenseMatrix, x: Float64Array): Float64Array {
  return Float64Array.from({ length: a.rows }, (_, i) => dot(row(a, i), x));
}

/** Whether y is within this part of the length of x of it. */
export function isNear(x: Float64Array, y: Float64Array, part: number): boolean {
  return norm(x.map((v, k) => v - y[k])) <= part * norm(x);
}

/** To unit length, in place. */
export function normalise(x: Float64Array): void {
  const size = norm(x);
  for (let i = 0; i < x.length; i++) x[i] /= size;
}

export function norm(x: Float64Array): number {
  return Math.sqrt(dot(x, x));
}

export function sum(x: Float64Array): number {
  return x.reduce((total, v) => total + v, 0);
}

/** Largest absolute value, 0 of none. */
export function largest(x: Float64Array): number {
  return x.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
}

/** y += a x, in place. */
export function axpy(a: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) y[i] += a * x[i];
}

/** Sum of each column: the bias gradient. */
export function columnSums(a: DenseMatrix): Float64Array {
  const sums = new Float64Array(a.columns);
  for (let m = 0; m < a.rows; m++)
    row(a, m).forEach((v, j) => {
      sums[j] += v;
    });
  return sums;
}
