import { matrix } from '../../src/math/matrix';
import { normal, rng } from '../../src/math/rng';
import type { Batch, DenseMatrix } from '../../src/types';

/** A rows x columns matrix of standard normal entries. */
export function randomMatrix(rows: number, columns: number, seed: number): DenseMatrix {
  const uniform = rng(seed);
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => normal(uniform)),
  );
}

/** M standard normal samples with labels 0, 1, …, K - 1, 0, … */
export function randomBatch(M: number, d0: number, K: number, seed: number): Batch {
  return { inputs: randomMatrix(M, d0, seed), labels: Int32Array.from({ length: M }, (_, m) => m % K) };
}

/** The largest entry in size. */
export function largestEntry({ data }: DenseMatrix): number {
  return data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}
