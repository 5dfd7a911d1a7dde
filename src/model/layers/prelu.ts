import type { DenseMatrix, PReluLayer } from '../../types';
import type { Arithmetic } from '../arithmetic';
import { entrywise, type LayerKind, type LayerValues } from './layerKind';

/** z where it is positive, the neuron's slope times z elsewhere; deltas likewise, the slope at 0. */
export const prelu: LayerKind<PReluLayer> = {
  forward: ({ slopes }, entering, { round }) => {
    const n = slopes.length;
    return { ...entering, data: entering.data.map((z, k) => (z > 0 ? z : round(round(slopes[k % n]) * z))) };
  },
  backward: passOn,
  tangent: entrywise(passOn),
};

function passOn(
  { slopes }: PReluLayer,
  delta: DenseMatrix,
  { entering }: LayerValues,
  { round }: Arithmetic,
): DenseMatrix {
  const n = slopes.length;
  for (let k = 0; k < delta.data.length; k++)
    if (!(entering.data[k] > 0)) delta.data[k] = round(round(slopes[k % n]) * delta.data[k]);
  return delta;
}
