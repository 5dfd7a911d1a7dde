import { gemm } from '../math/gemm';
import { matrix, row } from '../math/matrix';
import type { AffineLayer, DenseMatrix, Network } from '../types';
import type { Activations } from './forward';
import { hasWeights, kindOf, weightedLayers } from './layers';
import { silence } from './layers/relu';
import { lossVector } from './softmax';

/** delta_H^m = g^m for every sample: the loss vectors as rows (M x K), SPEC 1. */
export function lossVectors(logits: DenseMatrix, labels: Int32Array): DenseMatrix {
  const g = matrix(logits.rows, logits.columns);
  for (let m = 0; m < g.rows; m++) row(g, m).set(lossVector(row(logits, m), labels[m]));
  return g;
}

/** delta_i = D_i W_{i+1}ᵀ delta_{i+1}: zero where the neuron's feature is not positive (M x widths[i+1]), SPEC 1. */
export function deltaBelow(above: AffineLayer, delta: DenseMatrix, features: DenseMatrix): DenseMatrix {
  return silence(gemm(delta, above.weight), features);
}

/**
 * Deltas at what leaves each layer with weights, from the head down to the one numbered `lowest`; unset below it.
 */
export function backward(
  network: Network,
  { values, logits }: Activations,
  labels: Int32Array,
  lowest = 0,
): DenseMatrix[] {
  const { layers } = network;
  const deltas: DenseMatrix[] = [];
  let delta = lossVectors(logits, labels);
  let i = weightedLayers(network).length;
  for (let k = layers.length - 1; ; k--) {
    if (hasWeights(layers[k])) deltas[--i] = delta;
    if (i === lowest) return deltas;
    delta = kindOf(layers[k]).backward(layers[k], delta, values[k + 1]);
  }
}
