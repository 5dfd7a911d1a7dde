import type { DenseMatrix } from '../types';
import { gemm } from './gemm';
import { rng } from './rng';
import { gaussianRows } from './singularVectors';

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
  const random = gaussianRows(a.columns, width, rng(a.columns));
  const made = gemm(a, { ...random, data: random.data.map((v) => v / Math.sqrt(width)) });
  sketches.set(a, made);
  return made;
}
