import { check } from '../../check';
import { roundoff } from '../../gradient/arithmeticNoise';
import { checkGradient } from '../../gradient/checkGradient';
import { norm, row, rowsOf, transpose } from '../../math/matrix';
import { checkRelu } from '../../model/checkActivation';
import { homogeneous } from '../../reconstruction/evidence/homogeneous';
import type { AveragedGradient, DenseMatrix, Mlp } from '../../types';
import type { Budget } from '../budget';
import type { Ended } from '../estimate';
import { type LeftFactor, leftFactor } from '../leftFactor';

/** [G | gb] of layer 0 as a product Uᵀ C: rows of C are mixtures of [x^m, 1], as many as there are samples. */
export interface LayerFactor extends LeftFactor {
  /** neurons whose row is not zero; u's columns are theirs */
  readonly live: readonly number[];
  /** n x r: U transposed, row j belongs to live[j] */
  readonly left: DenseMatrix;
  /** what an entry of U q is off by where it should be zero, for |q| = 1 */
  readonly noise: number;
}

/** Why a factor cannot be taken apart. */
export interface NoFactor {
  readonly reason: string;
  readonly ended: Ended;
}

/**
 * The low-rank factor of layer 0's gradient with its biases, or why there is none that shows M.
 *
 * @param caller opens the messages
 * @throws InputError when the gradient does not fit the model, or layer 0 has no biases
 */
export async function layerFactor(
  caller: string,
  model: Mlp,
  gradient: AveragedGradient,
  budget: Budget,
): Promise<LayerFactor | NoFactor> {
  checkRelu(caller, model);
  checkGradient(model, gradient, caller);
  const { weight, bias } = gradient.gradients[0];
  check(bias !== undefined, () => `${caller}: layer 0 has no biases, expected a network with biases`);
  const all = homogeneous({ weight, bias });
  const sizes = Array.from({ length: all.rows }, (_, j) => norm(row(all, j)));
  const largest = Math.max(...sizes);
  const live = sizes.flatMap((size, j) => (size > 1e-13 * largest ? [j] : []));
  if (live.length === 0) return { reason: 'layer 0 has no live row', ended: 'nothing more to try' };
  const factor = await leftFactor(rowsOf(all, live), roundoff[gradient.precision], budget);
  if (typeof factor === 'string') return { reason: 'stopped before the rank of the gradient was known', ended: factor };
  if (factor.full) {
    const reason = `the gradient of layer 0 has full rank ${factor.rank} (${live.length} live rows): the batch is as large as the layer, or noise hides its size`;
    return { reason, ended: 'nothing more to try' };
  }
  // what was left out spreads over all entries
  const noise = factor.noise / Math.sqrt(Math.max(live.length, all.columns)) + 2 ** -52;
  return { ...factor, live, left: transpose(factor.u), noise };
}
