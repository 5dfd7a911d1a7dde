import { check } from '../check';
import { gemm } from '../math/gemm';

import type { AffineLayer, DenseMatrix, Network } from '../types';

/** What a forward pass leaves behind. */
export interface Activations {
  /** features[i] enters layer i: features[0] is the input (M x widths[i]) */
  readonly features: readonly DenseMatrix[];
  /** M x K */
  readonly logits: DenseMatrix;
}

/** z = W f + b for every row f of the features. */
export function affine({ weight, bias }: AffineLayer, features: DenseMatrix): DenseMatrix {
  return addBias(gemm(features, weight, { b: true }), bias);
}

/** Adds the bias to every row, in place. */
export function addBias(z: DenseMatrix, bias: Float64Array | undefined): DenseMatrix {
  if (bias)
    for (let m = 0; m < z.rows; m++)
      for (let j = 0; j < z.columns; j++) {
        const at = m * z.columns + j;
        z.data[at] = (z.data[at] as number) + (bias[j] as number);
      }
  return z;
}

/** max(z, 0), entry by entry. Neuron j fires for sample m exactly when the result is positive. */
export function relu(z: DenseMatrix): DenseMatrix {
  return { ...z, data: z.data.map((v) => Math.max(v, 0)) };
}

/**
 * Forward pass from the features that enter layer `from` (default: the inputs) to the logits (SPEC 1).
 *
 * @param features M x widths[from]
 * @throws InputError when the features do not fit the layer
 */
export function forward(model: Network, features: DenseMatrix, from = 0): Activations {
  check(
    features.columns === model.widths[from],
    () => `forward: features have ${features.columns} columns, expected ${model.widths[from]} (layer ${from})`,
  );
  const head = model.layers.length - 1;
  const all: DenseMatrix[] = [];
  let f = features;
  for (let i = 0; i < from; i++) all.push({ rows: f.rows, columns: 0, data: new Float64Array(0) });
  all.push(f);
  for (let i = from; i < head; i++) {
    f = relu(affine(model.layers[i] as AffineLayer, f));
    all.push(f);
  }
  return { features: all, logits: affine(model.layers[head] as AffineLayer, f) };
}
