import { largest } from '../../math/matrix';
import type { ActivationLayer, DenseMatrix, PReluLayer, Precision } from '../../types';

/** Values below this share of the largest are off, per precision of the gradient they were read from. */
const off = { float64: 1e-9, float32: 1e-4 } as const;

/**
 * What enters an activation, from what leaves it, and where that is known: everywhere for leaky ReLU, PReLU and sigmoid, between the flat parts
 * for ReLU and ReLU6, on which the values only lie on the right side.
 */
export function invertActivation(
  layer: ActivationLayer | PReluLayer,
  leaving: DenseMatrix,
  precision: Precision,
): { readonly values: DenseMatrix; readonly known: Uint8Array } {
  const zero = off[precision] * largest(leaving.data);
  const known = new Uint8Array(leaving.data.length).fill(1);
  const data = leaving.data.map((y, i) => {
    switch (layer.kind) {
      case 'leakyRelu':
        if (Math.abs(y) <= 1e-3 * zero) return 0; // the sign of rounding says nothing
        return y > 0 ? y : y / layer.slope;
      case 'prelu': {
        const slope = layer.slopes[i % layer.slopes.length];
        if (Math.abs(y) > 1e-3 * zero) return y > 0 ? y : y / slope;
        if (slope === 0) known[i] = 0;
        return slope === 0 ? -1 : 0;
      }
      case 'sigmoid': {
        const inside = Math.min(1 - 2 ** -53, Math.max(2 ** -53, y));
        return Math.log(inside / (1 - inside));
      }
      default: {
        const flat = y <= zero || (layer.kind === 'relu6' && y >= 6 - zero);
        if (flat) known[i] = 0;
        return flat ? (y > zero ? 7 : -1) : y;
      }
    }
  });
  return { values: { ...leaving, data }, known };
}
