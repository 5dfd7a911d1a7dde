import { lowerInverse } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { matrix, row, sum, topRows } from '../../math/matrix';
import { orthonormalRows } from '../../math/orthonormalRows';
import type { AffineLayer, DenseMatrix } from '../../types';
import type { Budget } from '../budget';
import { leftFactor } from '../leftFactor';
import type { NoFactor } from '../sparse/layerFactor';

/** Rows that independent component analysis starts from. */
export interface Whitened {
  /** M x d0 of unit variance, rows of mean zero */
  readonly x: DenseMatrix;
  /** M x n */
  readonly whitening: DenseMatrix;
}

/** Rows of mean zero, cut to M directions of equal variance; a reason where there are not so many. */
export async function whiten(
  { weight }: AffineLayer,
  size: number | undefined,
  unit: number,
  budget: Budget,
): Promise<Whitened | NoFactor> {
  const centred = matrix(weight.rows, weight.columns, weight.data.slice());
  for (let j = 0; j < weight.rows; j++) {
    const own = row(centred, j);
    const mean = sum(own) / own.length;
    for (let i = 0; i < own.length; i++) own[i] -= mean;
  }
  const factor = await leftFactor(centred, unit, budget);
  if (typeof factor === 'string') return { reason: 'stopped before the rank of the gradient was known', ended: factor };
  const { u, c, rank } = factor;
  const none = (reason: string): NoFactor => ({
    reason: `the weight gradient has ${reason}`,
    ended: 'nothing more to try',
  });
  if (rank === 0) return none('no rank but for its means');
  if (size === undefined && rank >= Math.min(weight.rows, weight.columns - 1))
    return none(`full rank ${rank}, which shows no batch size; give size`);
  const M = size ?? rank;
  if (M > rank) return none(`rank ${rank}, which is too little for ${M} samples`);
  const { q, l } = orthonormalRows(topRows(c, M));
  const root = Math.sqrt(weight.columns);
  const larger = (a: DenseMatrix): DenseMatrix => ({ ...a, data: a.data.map((v) => root * v) });
  return { x: larger(q), whitening: larger(gemm(lowerInverse(l), topRows(u, M))) };
}
