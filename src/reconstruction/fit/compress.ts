import { gemm } from '../../math/gemm';
import { matrix, row } from '../../math/matrix';
import { mlpOf } from '../../model/mlp';
import type { AffineLayer, DenseMatrix, Mlp } from '../../types';
import { homogeneous } from '../evidence/homogeneous';

/**
 * A network and its gradient in coordinates of the few directions that the inputs span: with [x, 1] = Vᵀ a, the lowest layer is
 * z = [W, b] Vᵀ a, without bias, and its gradient A Vᵀ. Everything above stays as it is.
 */
export interface Compressed {
  readonly model: Mlp;
  readonly gradient: readonly AffineLayer[];
  /** r x (d + 1), or r x d without biases: orthonormal rows */
  readonly v: DenseMatrix;
  readonly biased: boolean;
}

/** @param v orthonormal rows whose span holds all samples' features, homogeneous */
export function compress(model: Mlp, gradient: readonly AffineLayer[], v: DenseMatrix): Compressed {
  const narrow = (a: AffineLayer): AffineLayer => ({ weight: gemm(homogeneous(a), v, { b: true }) });
  const [lowest, ...above] = model.dense;
  return {
    model: mlpOf([narrow(lowest), ...above]),
    gradient: [narrow(gradient[0]), ...gradient.slice(1)],
    v,
    biased: lowest.bias !== undefined,
  };
}

/** Coordinates of inputs (M x d). */
export function coordinatesOf({ v, biased }: Compressed, inputs: DenseMatrix): DenseMatrix {
  return gemm(withOnes(inputs, biased), v, { b: true });
}

/** [X, 1], or X itself without biases. */
export function withOnes(inputs: DenseMatrix, biased: boolean): DenseMatrix {
  if (!biased) return inputs;
  const all = matrix(inputs.rows, inputs.columns + 1, new Float64Array(inputs.rows * (inputs.columns + 1)).fill(1));
  for (let m = 0; m < inputs.rows; m++) row(all, m).set(row(inputs, m));
  return all;
}

/** Inputs from coordinates, divided by their last entry where there are biases. */
export function featuresOf({ v, biased }: Compressed, coordinates: DenseMatrix): DenseMatrix {
  const all = gemm(coordinates, v);
  if (!biased) return all;
  const width = v.columns - 1;
  const features = matrix(all.rows, width);
  for (let m = 0; m < all.rows; m++) {
    const f = row(all, m);
    row(features, m).set(f.subarray(0, width).map((x) => x / f[width]));
  }
  return features;
}
