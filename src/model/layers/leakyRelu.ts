import type { DenseMatrix, LeakyReluLayer, ReluLayer } from '../../types';
import type { Arithmetic } from '../arithmetic';
import { entrywise, type LayerKind, type LayerValues } from './layerKind';

/** z where it is positive, slope z elsewhere; deltas likewise, the slope at 0 as PyTorch and TensorFlow.js have it. */
export const leakyRelu: LayerKind<LeakyReluLayer> = {
  forward: ({ slope }, entering, { round }) => {
    const below = round(slope);
    return { ...entering, data: entering.data.map((z) => (z > 0 ? z : round(below * z))) };
  },
  backward: passOn,
  tangent: entrywise(passOn),
};

function passOn(
  { slope }: LeakyReluLayer,
  delta: DenseMatrix,
  { entering }: LayerValues,
  { round }: Arithmetic,
): DenseMatrix {
  const below = round(slope);
  for (let k = 0; k < delta.data.length; k++) if (!(entering.data[k] > 0)) delta.data[k] = round(below * delta.data[k]);
  return delta;
}

/** The layer with this slope; with none it is a ReLU. */
export function leakyOf(slope: number): LeakyReluLayer | ReluLayer {
  return slope === 0 ? { kind: 'relu' } : { kind: 'leakyRelu', slope };
}
