import type { DenseMatrix, Relu6Layer } from '../../types';
import { entrywise, type LayerKind, type LayerValues } from './layerKind';

/** Where {@link relu6} ends. */
export const SIX = 6;

/** min(max(z, 0), 6); a delta passes only between both ends. */
export const relu6: LayerKind<Relu6Layer> = {
  forward: (_, entering) => ({ ...entering, data: entering.data.map((z) => Math.min(Math.max(z, 0), SIX)) }),
  backward: passOn,
  tangent: entrywise(passOn),
};

function passOn(_: Relu6Layer, delta: DenseMatrix, { entering }: LayerValues): DenseMatrix {
  for (let k = 0; k < delta.data.length; k++) if (!(0 < entering.data[k] && entering.data[k] < SIX)) delta.data[k] = 0;
  return delta;
}
