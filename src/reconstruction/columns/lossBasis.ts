import { matrix } from '../../math/matrix';
import { nullSpace } from '../../math/nullSpace';
import { rankFactor } from '../../math/rankFactor';
import type { AffineLayer, DenseMatrix } from '../../types';
import { homogeneous } from '../evidence/homogeneous';

/**
 * Orthonormal rows (p x K) that span the loss vectors of a batch. Each sums to zero, so p <= K - 1; and the head's
 * gradient sum_m g_m [h_m, 1]ᵀ has them as its columns, so p <= M: with more classes than samples this is what keeps
 * W_Hᵀ g from fitting any delta at all.
 *
 * @param head gradient of the last layer, K x n
 * @param samples M, or the rank
 * @param noise relative noise per entry
 */
export function lossBasis(head: AffineLayer, samples: number, noise: number): DenseMatrix {
  const classes = head.weight.rows;
  if (samples < classes - 1) {
    const { u, rank } = rankFactor(homogeneous(head), noise);
    if (rank <= samples) return u;
  }
  return nullSpace(matrix(1, classes, new Float64Array(classes).fill(1))).basis;
}
