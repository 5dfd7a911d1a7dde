import { matrix } from '../../math/matrix';
import { deltaBelow } from '../../model/backward';
import type { DenseMatrix, Mlp } from '../../types';

/** A sample as far as the attack knows it: from layer `level` upwards. */
export interface KnownSample {
  /** the lowest layer whose entering features are known; 0 means that the input itself is */
  readonly level: number;
  readonly label: number;
  /** features[i] enters layer i (1 x widths[i]), for i >= level */
  readonly features: readonly DenseMatrix[];
  /** deltas[i] = weight * delta_i, its share of the averaged gradient (1 x widths[i+1]), for i >= level */
  readonly deltas: readonly DenseMatrix[];
  /** its weight in the average: 1/M, or 1 under `sum`; null while the scale is open (K = 2 without biases) */
  readonly weight: number | null;
}

/**
 * A sample from its forward pass and its weighted loss vector; the rest follows by delta_i = D_i W_{i+1}ᵀ delta_{i+1} (SPEC 1).
 *
 * @param features of the forward pass from layer `level`; features[i] enters layer i
 * @param loss weight * g, length K
 */
export function knownFrom(
  model: Mlp,
  level: number,
  features: readonly DenseMatrix[],
  loss: Float64Array,
  weight: number | null,
): KnownSample {
  const deltas: DenseMatrix[] = [];
  deltas[model.dense.length - 1] = matrix(1, loss.length, loss);
  for (let i = model.dense.length - 2; i >= level; i--)
    deltas[i] = deltaBelow(model.dense[i + 1], deltas[i + 1], features[i + 1]);
  return { level, label: loss.indexOf(Math.min(...loss)), features, deltas, weight };
}
