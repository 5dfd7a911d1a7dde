import { gemm } from '../math/gemm';
import { matrix, row } from '../math/matrix';
import type { AffineLayer, DenseMatrix, Network } from '../types';
import type { Activations } from './forward';
import { lossVector } from './softmax';

/** delta_H^m = g^m for every sample: the loss vectors as rows (M x K), SPEC 1. */
export function lossVectors(logits: DenseMatrix, labels: Int32Array): DenseMatrix {
  const g = matrix(logits.rows, logits.columns);
  for (let m = 0; m < g.rows; m++) row(g, m).set(lossVector(row(logits, m), labels[m] as number));
  return g;
}

/** delta_i = D_i W_{i+1}ᵀ delta_{i+1}: zero where the neuron's feature is not positive (M x widths[i+1]), SPEC 1. */
export function deltaBelow(above: AffineLayer, delta: DenseMatrix, features: DenseMatrix): DenseMatrix {
  return silence(gemm(delta, above.weight), features);
}

/** Sets to zero, in place, where the neuron's feature is not positive: multiplication by D_i. */
export function silence(delta: DenseMatrix, features: DenseMatrix): DenseMatrix {
  for (let k = 0; k < delta.data.length; k++) if (!((features.data[k] as number) > 0)) delta.data[k] = 0;
  return delta;
}

/**
 * All delta_i^m, from the head down to layer `lowest`; deltas[i] is M x widths[i+1], unset below `lowest`.
 */
export function backward(
  model: Network,
  { features, logits }: Activations,
  labels: Int32Array,
  lowest = 0,
): DenseMatrix[] {
  const head = model.layers.length - 1;
  const deltas: DenseMatrix[] = [];
  deltas[head] = lossVectors(logits, labels);
  for (let i = head - 1; i >= lowest; i--)
    deltas[i] = deltaBelow(
      model.layers[i + 1] as AffineLayer,
      deltas[i + 1] as DenseMatrix,
      features[i + 1] as DenseMatrix,
    );
  return deltas;
}
