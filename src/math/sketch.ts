import type { DenseMatrix } from '../types';
import { gemm } from './gemm';
import { matrix } from './matrix';
import { normal, rng } from './rng';

/** Columns of a sketch: norms come out within a factor of about 1.2. */
const width = 16;

const sketches = new WeakMap<DenseMatrix, DenseMatrix>();

/**
 * A S for a random S, so that ||x A|| is about ||x (A S)|| for any x (Johnson and Lindenstrauss 1984): one pass over A where error bars
 * ask for many such norms. Remembered as long as A is; a matrix that is narrow already is its own.
 *
 * @example
 * sketch(fromRows([[3, 4]])).data;  // => [3, 4]
 */
export function sketch(a: DenseMatrix): DenseMatrix {
  if (a.columns <= width) return a;
  const known = sketches.get(a);
  if (known) return known;
  const uniform = rng(a.columns);
  const random = Float64Array.from({ length: a.columns * width }, () => normal(uniform) / Math.sqrt(width));
  const made = gemm(a, matrix(a.columns, width, random));
  sketches.set(a, made);
  return made;
}
