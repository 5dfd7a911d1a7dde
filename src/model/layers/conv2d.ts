import { matrix, row } from '../../math/matrix';
import type { Conv2dLayer, DenseMatrix } from '../../types';
import type { Arithmetic } from '../arithmetic';
import type { LayerKind } from './layerKind';
import { addPatches } from './patches';
import { checkEntering, outputShape, sizeOf } from './planes';
import { parts, patchesOf, toChannels, toSamples } from './sampleParts';

/** Convolution as products with patch matrices P: Z = W Pᵀ + b, weight gradient Delta P, and back Deltaᵀ W, added where patches overlap. */
export const conv2d: LayerKind<Conv2dLayer> = {
  forward: convolved,
  tangent: ({ bias, ...linear }, motion, _, arithmetic) => convolved(linear, motion, arithmetic),
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
    const sums = parts(layer, delta.rows).map((part) => {
      const channels = toChannels(layer, delta, part);
      const ones = matrix(channels.columns, 1, new Float64Array(channels.columns).fill(1));
      const weight = product(channels, patchesOf(layer, entering, part));
      return { weight, bias: product(channels, ones).data };
    });
    const [{ weight, bias }, ...others] = sums;
    for (const other of others) {
      addTo(weight.data, other.weight.data, round);
      addTo(bias, other.bias, round);
    }
    return { weight, ...(layer.bias && { bias }) };
  },
};

/** W Pᵀ + b for every sample. */
function convolved(layer: Conv2dLayer, entering: DenseMatrix, { product, round }: Arithmetic): DenseMatrix {
  checkEntering(layer, entering);
  const leaving = matrix(entering.rows, sizeOf(outputShape(layer)));
  for (const part of parts(layer, entering.rows)) {
    const z = product(layer.weight, patchesOf(layer, entering, part), { b: true });
    addBias(z, layer.bias, round);
    toSamples(z, leaving, part);
  }
  return leaving;
}

/** b_o to every position of filter o, in place. */
function addBias(z: DenseMatrix, bias: Float64Array | undefined, round: (value: number) => number): void {
  bias?.forEach((b, o) => {
    const values = row(z, o);
    for (let p = 0; p < values.length; p++) values[p] = round(values[p] + b);
  });
}

function addTo(sum: Float64Array, more: Float64Array, round: (value: number) => number): void {
  for (let k = 0; k < sum.length; k++) sum[k] = round(sum[k] + more[k]);
}
