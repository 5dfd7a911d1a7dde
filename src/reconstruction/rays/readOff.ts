import { axpy, dot, norm, row } from '../../math/matrix';
import { entryVariance, type Remainder } from '../evidence/remainder';
import { cleaned, type ReadOff } from '../fit/cleaned';
import type { Ray } from './rays';

/**
 * The features f that enter a layer, from rows delta * [f; 1] of neurons that one sample alone activates: divided by the last entry, or
 * where added noise has the rows without it, by the members' bias gradients. Without biases only the direction is known, with its sign
 * from the neuron being on.
 *
 * @returns null when the bias entry drowns in its noise, or negative entries show that these are no features of a ReLU
 */
export function readOff(left: Remainder, layer: number, ray: Ray): ReadOff | null {
  const read = left.layers[layer].basis ? fromPlaces(left, layer, ray) : fromRows(left, layer, ray);
  const { activations } = left.evidence.model;
  return read && layer > 0 ? cleaned(read, activations[layer - 1], left.taken.length === 0) : read;
}

function fromRows({ evidence }: Remainder, layer: number, { direction, members, variance }: Ray): ReadOff | null {
  const { weight, bias } = evidence.model.dense[layer];
  const head = direction.subarray(0, weight.columns);
  if (!bias) {
    const sign = dot(row(weight, members[0]), head) < 0 ? -1 : 1;
    return { features: head.map((v) => sign * v), error: Math.sqrt(variance) };
  }
  const last = direction[weight.columns];
  if (!(last ** 2 > 25 * variance)) return null;
  const features = head.map((v) => v / last);
  return {
    features,
    error: (Math.sqrt(variance) * Math.hypot(1, norm(features) / Math.sqrt(features.length))) / Math.abs(last),
  };
}

/** The length from the members' biases, gb = multiple * length of [f; 1]'s last entry. */
function fromPlaces(left: Remainder, layer: number, ray: Ray): ReadOff | null {
  const { array, basis } = left.layers[layer];
  const d = left.evidence.model.dense[layer].weight.columns;
  if (!basis) return null;
  const f = new Float64Array(d);
  ray.direction.forEach((v, k) => axpy(v, row(basis, k), f));
  if (array.columns === d) {
    const sign = dot(row(left.evidence.model.dense[layer].weight, ray.members[0]), f) < 0 ? -1 : 1;
    return { features: f.map((v) => sign * v), error: Math.sqrt(ray.variance) };
  }
  let [bc, cc] = [0, 0];
  ray.members.forEach((j, k) => {
    const own = entryVariance(left, layer, j, d);
    bc += (array.data[j * array.columns + d] * ray.multiples[k]) / own;
    cc += ray.multiples[k] ** 2 / own;
  });
  const scale = bc / cc; // 1 / length, with variance 1 / cc
  if (!(scale ** 2 * cc > 25)) return null;
  const features = f.map((v) => v / scale);
  const error = Math.sqrt(ray.variance / scale ** 2 + norm(features) ** 2 / d / (scale ** 2 * cc));
  return { features, error };
}
