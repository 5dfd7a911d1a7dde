import type { AffineLayer, Mlp } from '../types';
import { mlpOf } from './mlp';

/** The network with its weights rounded to float32, as frameworks hold them. */
export function inFloat32({ dense, activations }: Mlp): Mlp {
  return mlpOf(dense.map(affineInFloat32), activations);
}

/** Weights, or a gradient in their place, rounded to float32. */
export function affineInFloat32({ weight, bias }: AffineLayer): AffineLayer {
  return { weight: { ...weight, data: weight.data.map(Math.fround) }, ...(bias && { bias: bias.map(Math.fround) }) };
}
