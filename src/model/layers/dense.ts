import { check } from '../../check';
import { gemm } from '../../math/gemm';
import { columnSums } from '../../math/matrix';
import type { AffineLayer, DenseLayer, DenseMatrix } from '../../types';
import type { LayerKind } from './layerKind';

/** z = W f + b: forward, backward Wᵀ delta, and the weight gradient sum_m delta^m [f^m, 1]ᵀ. */
export const dense: LayerKind<DenseLayer> = {
  forward: affine,
  backward: ({ weight }, delta) => gemm(delta, weight),
  weightGradient: ({ bias }, delta, entering) => ({
    weight: gemm(delta, entering, { a: true }),
    ...(bias && { bias: columnSums(delta) }),
  }),
};

/** z = W f + b for every row f of the features. */
export function affine({ weight, bias }: AffineLayer, features: DenseMatrix): DenseMatrix {
  check(
    features.columns === weight.columns,
    () => `forward: features have ${features.columns} columns, expected ${weight.columns} (the layer's inputs)`,
  );
  return addBias(gemm(features, weight, { b: true }), bias);
}

/** Adds the bias to every row, in place. */
export function addBias(z: DenseMatrix, bias: Float64Array | undefined): DenseMatrix {
  if (bias) for (let m = 0; m < z.rows; m++) for (let j = 0; j < z.columns; j++) z.data[m * z.columns + j] += bias[j];
  return z;
}
