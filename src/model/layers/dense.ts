import { check } from '../../check';
import { matrix } from '../../math/matrix';
import type { AffineLayer, DenseLayer, DenseMatrix } from '../../types';
import { type Arithmetic, float64 } from '../arithmetic';
import type { LayerKind } from './layerKind';

/** z = W f + b: forward, backward Wᵀ delta, and the weight gradient sum_m delta^m [f^m, 1]ᵀ. */
export const dense: LayerKind<DenseLayer> = {
  forward: affine,
  backward: ({ weight }, delta, _, { product }) => product(delta, weight),
  tangent: ({ weight }, motion, _, { product }) => product(motion, weight, { b: true }),
  weightGradient: ({ bias }, delta, entering, { product }) => ({
    weight: product(delta, entering, { a: true }),
    ...(bias && { bias: product(ones(delta.rows), delta).data }),
  }),
};

/** z = W f + b for every row f of the features. */
export function affine(
  { weight, bias }: AffineLayer,
  features: DenseMatrix,
  { product, round }: Arithmetic = float64,
): DenseMatrix {
  check(
    features.columns === weight.columns,
    () => `forward: features have ${features.columns} columns, expected ${weight.columns} (the layer's inputs)`,
  );
  return addBias(product(features, weight, { b: true }), bias, round);
}

/** Adds the bias to every row, in place. */
export function addBias(
  z: DenseMatrix,
  bias: Float64Array | undefined,
  round: (v: number) => number = float64.round,
): DenseMatrix {
  if (!bias) return z;
  for (let m = 0; m < z.rows; m++)
    for (let j = 0; j < z.columns; j++) z.data[m * z.columns + j] = round(z.data[m * z.columns + j] + bias[j]);
  return z;
}

function ones(length: number): DenseMatrix {
  return matrix(1, length, new Float64Array(length).fill(1));
}
