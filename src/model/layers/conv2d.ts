import { matrix, row } from '../../math/matrix';
import type { Conv2dLayer } from '../../types';
import type { LayerKind } from './layerKind';
import { addPatches } from './patches';
import { checkEntering, outputShape, sizeOf } from './planes';
import { parts, patchesOf, toChannels, toSamples } from './sampleParts';

/** Convolution as products with patch matrices P: Z = W Pᵀ + b, weight gradient Delta P, and back Deltaᵀ W, added where patches overlap. */
export const conv2d: LayerKind<Conv2dLayer> = {
  forward: (layer, entering, { product, round }) => {
    checkEntering(layer, entering);
    const leaving = matrix(entering.rows, sizeOf(outputShape(layer)));
    for (const part of parts(layer, entering.rows)) {
      const z = product(layer.weight, patchesOf(layer, entering, part), { b: true });
      layer.bias?.forEach((b, o) => addTo(row(z, o), () => b, round));
      toSamples(z, leaving, part);
    }
    return leaving;
  },
  backward: (layer, delta, { entering }, { product, round }) => {
    const below = matrix(entering.rows, entering.columns);
    for (const part of parts(layer, delta.rows)) {
      const { data } = product(toChannels(layer, delta, part), layer.weight, { a: true });
      for (let s = 0; s < part.count; s++)
        addPatches(layer, data.subarray((s * data.length) / part.count), row(below, part.first + s), round);
    }
    return below;
  },
  weightGradient: (layer, delta, entering, { product, round }) => {
    const weight = matrix(layer.weight.rows, layer.weight.columns);
    const bias = new Float64Array(layer.weight.rows);
    for (const part of parts(layer, delta.rows)) {
      const channels = toChannels(layer, delta, part);
      const ones = matrix(channels.columns, 1, new Float64Array(channels.columns).fill(1));
      const more = product(channels, patchesOf(layer, entering, part)).data;
      addTo(weight.data, (k) => more[k], round);
      const moreBias = product(channels, ones).data;
      addTo(bias, (o) => moreBias[o], round);
    }
    return { weight, ...(layer.bias && { bias }) };
  },
};

function addTo(sum: Float64Array, more: (k: number) => number, round: (value: number) => number): void {
  for (let k = 0; k < sum.length; k++) sum[k] = round(sum[k] + more(k));
}
