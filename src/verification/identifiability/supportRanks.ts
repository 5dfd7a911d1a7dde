import { gemm } from '../../math/gemm';
import { matrix, topRows, transpose } from '../../math/matrix';
import { pivotedQr } from '../../math/pivotedQr';
import type { DenseMatrix } from '../../types';
import { unitRows } from './unitRows';

/**
 * Rank r of A = Deltaᵀ F, and of its column space on the neurons that each sample leaves silent: r - 1 where nothing but that sample's own
 * column is zero on all of them (method 7).
 *
 * @param delta M x n
 * @param entering what the weights see, M x d, with ones where there are biases
 * @param silent of each sample, the neurons at which its column is zero
 */
export function supportRanks(
  delta: DenseMatrix,
  entering: DenseMatrix,
  silent: readonly (readonly number[])[],
): { rank: number; ranks: number[] } {
  const { unit } = unitRows(delta); // a confident sample counts as any other
  // F = L Q with orthonormal rows Q: A and Deltaᵀ L have the same columns' space
  const mixing = pivotedQr(transpose(entering), 1e-10);
  const { basis, rank } = pivotedQr(gemm(transpose(unit), topRows(mixing.r, mixing.rank), { b: true }), 1e-10);
  const ranks = silent.map((neurons) => {
    const part = matrix(neurons.length, rank);
    neurons.forEach((j, at) => {
      for (let k = 0; k < rank; k++) part.data[at * rank + k] = basis[k][j];
    });
    return pivotedQr(part, 1e-10).rank;
  });
  return { rank, ranks };
}
