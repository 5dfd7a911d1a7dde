import type { DenseMatrix, ReluLayer } from '../../types';
import { entrywise, type LayerKind, type LayerValues } from './layerKind';

/** max(z, 0): neuron j fires for sample m exactly when the result is positive, and only then lets a delta pass. */
export const relu: LayerKind<ReluLayer> = {
  forward: (_, entering) => rectified(entering),
  backward: passOn,
  tangent: entrywise(passOn),
};

function passOn(_: ReluLayer, delta: DenseMatrix, { leaving }: LayerValues): DenseMatrix {
  return silence(delta, leaving);
}

/** max(z, 0), entry by entry. */
export function rectified(z: DenseMatrix): DenseMatrix {
  return { ...z, data: z.data.map((v) => Math.max(v, 0)) };
}

/** Sets to zero, in place, where the neuron's feature is not positive: multiplication by D_i (method 1). */
export function silence(delta: DenseMatrix, features: DenseMatrix): DenseMatrix {
  for (let k = 0; k < delta.data.length; k++) if (!(features.data[k] > 0)) delta.data[k] = 0;
  return delta;
}
