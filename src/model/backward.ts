import { gemm } from '../math/gemm';
import { matrix, row } from '../math/matrix';
import type { AffineLayer, DenseMatrix, Network, PiecewiseLinear } from '../types';
import { type Arithmetic, float64 } from './arithmetic';
import type { Activations } from './forward';
import { hasWeights, kindOf, weightedLayers } from './layers';
import { piecesOf } from './layers/pieces';

/** delta_H^m = g^m for every sample: the loss vectors as rows (M x K), times `scale`; method 1. */
export function lossVectors(
  logits: DenseMatrix,
  labels: Int32Array,
  scale = 1,
  { lossVector }: Arithmetic = float64,
): DenseMatrix {
  const g = matrix(logits.rows, logits.columns);
  for (let m = 0; m < g.rows; m++) row(g, m).set(lossVector(row(logits, m), labels[m], scale));
  return g;
}

/**
 * delta_i = D_i W_{i+1}ᵀ delta_{i+1}, D_i the activation's derivative (M x widths[i+1]), method 1.
 *
 * @param features what left the activation, which tells its derivative
 */
export function deltaBelow(
  above: AffineLayer,
  delta: DenseMatrix,
  features: DenseMatrix,
  activation: PiecewiseLinear,
): DenseMatrix {
  const below = gemm(delta, above.weight);
  const { factorOf } = piecesOf(activation);
  for (let k = 0; k < below.data.length; k++) {
    const factor = factorOf(features.data[k], k % below.columns);
    if (factor !== 1) below.data[k] = factor === 0 ? 0 : factor * below.data[k];
  }
  return below;
}

/** Options of {@link backward}. */
export interface BackwardOptions {
  /** number of the lowest layer with weights that is reached. @default 0 */
  readonly lowest?: number;
  /** of every loss vector. @default 1 */
  readonly scale?: number;
  /** @default float64 */
  readonly arithmetic?: Arithmetic;
}

/**
 * Deltas at what leaves each layer with weights, from the head down to the lowest asked for; unset below it.
 */
export function backward(
  network: Network,
  { values, logits }: Activations,
  labels: Int32Array,
  { lowest = 0, scale = 1, arithmetic = float64 }: BackwardOptions = {},
): DenseMatrix[] {
  const { layers } = network;
  const deltas: DenseMatrix[] = [];
  let delta = lossVectors(logits, labels, scale, arithmetic);
  let i = weightedLayers(network).length;
  for (let k = layers.length - 1; ; k--) {
    if (hasWeights(layers[k])) deltas[--i] = delta;
    if (i === lowest) return deltas;
    const around = { entering: values[k], leaving: values[k + 1] };
    delta = kindOf(layers[k]).backward(layers[k], delta, around, arithmetic);
  }
}
