import { atMost } from '../../math/chiSquared';
import { gemm } from '../../math/gemm';
import { axpy, matrix, norm, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { Evidence } from './evidence';
import { homogeneous, roundingVariance } from './homogeneous';
import { coordinateVariance } from './measureNoise';
import { varianceOf } from './noiseModel';
import { featuresAt, type Sample } from './sample';

/**
 * What is left of the gradient when the samples found so far are taken away, with its error bars. Taking a sample away makes
 * neurons that it shared with one other sample exclusive, so the attack goes on where the paper's stops.
 */
export interface Remainder {
  readonly evidence: Evidence;
  readonly layers: readonly LayerRemainder[];
  readonly taken: Sample[];
}

/** One layer of it; changed in place. */
export interface LayerRemainder {
  /** A_i = [G_i | gb_i], one row per neuron */
  readonly array: DenseMatrix;
  /** G_i in the few coordinates in which it stands out of added noise (n x r), and their directions (r x d); null where there is only rounding */
  readonly places: DenseMatrix | null;
  readonly basis: DenseMatrix | null;
  /** per row: variance of an entry of `places`, or of `array` where there are none */
  readonly variance: Float64Array;
  /** per row: norm of the shared row plus norms of all that was taken away */
  readonly scale: Float64Array;
  /** norm of the largest row as it was shared */
  readonly largest: number;
}

/** The gradient as it was shared: nothing taken away yet. */
export function remainderOf(evidence: Evidence): Remainder {
  const layers = evidence.gradient.gradients.map((layer, i): LayerRemainder => {
    const array = homogeneous(layer);
    const scale = Float64Array.from({ length: array.rows }, (_, j) => norm(row(array, j)));
    const largest = Math.max(...scale);
    const measured = evidence.added?.[i];
    if (!measured?.signal) {
      return { array, places: null, basis: null, variance: roundingVariance(array, evidence.unit), scale, largest };
    }
    const { coordinates, right } = measured.signal;
    const places = { ...coordinates, data: coordinates.data.slice() };
    const variance = coordinateVariance(layer.weight, measured.subspace, right);
    return { array, places, basis: right, variance, scale, largest };
  });
  return { evidence, layers, taken: [] };
}

/**
 * Takes a sample away from the layers from its level up.
 *
 * @param known the same sample as it was taken away before, from a higher level up
 */
export function takeAway(left: Remainder, sample: Sample, known?: Sample): void {
  const { unit, withheld } = left.evidence;
  const to = known ? known.level : left.layers.length;
  for (let i = sample.level; i < to; i++) {
    const { array, places, basis, variance, scale } = left.layers[i];
    const f = featuresAt(sample, i);
    const biased = array.columns > f.length;
    const size = Math.hypot(norm(f), biased ? 1 : 0);
    const place = basis && gemm(basis, matrix(1, f.length, f), { b: true }).data;
    const error = i === sample.level ? sample.error : 0; // above it the sample's own forward pass carries it
    sample.deltas[i].data.forEach((delta, j) => {
      if (delta === 0 || withheld[i]?.[j]) return;
      const target = row(array, j);
      axpy(-delta, f, target);
      if (biased) target[f.length] -= delta;
      if (places && place) axpy(-delta, place, row(places, j));
      scale[j] += Math.abs(delta) * size;
      const own = sample.deltaVariance[i].data[j] + (unit * delta) ** 2;
      variance[j] += (delta * error) ** 2 + (own * size ** 2) / array.columns;
    });
  }
  const at = known ? left.taken.indexOf(known) : left.taken.length;
  left.taken[at] = sample;
}

/** Rows among which parallel ones are looked for. */
export function rowsAt(left: Remainder, layer: number): DenseMatrix {
  const { places, array } = left.layers[layer];
  return places ?? array;
}

/** Rows that hold more than noise. */
export function standsOut(left: Remainder, layer: number): boolean[] {
  const { variance } = left.layers[layer];
  const rows = rowsAt(left, layer);
  const least = atMost(rows.columns);
  return Array.from(variance, (v, j) => norm(row(rows, j)) ** 2 > least * v);
}

/** Variance of entry (row, column) of what is left of layer i; infinite where pruning took the entry. */
export function entryVariance({ evidence, taken, layers }: Remainder, i: number, at: number, column: number): number {
  const { weight, bias } = evidence.gradient.gradients[i];
  const { unit, squares } = evidence;
  const isBias = column === weight.columns;
  const v = isBias ? (bias?.[at] ?? 0) : weight.data[at * weight.columns + column];
  const noise = isBias ? evidence.noise[i].bias : evidence.noise[i].weight;
  if (v === 0 && noise.hidden > 0) return Number.POSITIVE_INFINITY;
  let variance = varianceOf(noise, v);
  for (const sample of taken) {
    if (sample.level > i) continue;
    const delta = sample.deltas[i].data[at];
    const f = isBias ? 1 : featuresAt(sample, i)[column];
    variance += (sample.deltaVariance[i].data[at] + (unit * delta) ** 2) * f * f;
    // the error of the sample's features has gone through the layer below
    if (!isBias && f !== 0 && i === sample.level + 1) variance += (delta * sample.error) ** 2 * squares[i - 1][column];
  }
  // no entry is known so much better than its row, or its layer, that it alone should decide
  const least = 1e-3 * unit * Math.max(layers[i].scale[at], 1e-3 * layers[i].largest);
  return Math.max(variance, least ** 2 / layers[i].array.columns);
}

/** ||what is left|| / ||what was shared and taken||, over the layers from `lowest` up. */
export function relativeRemainder({ layers }: Remainder, lowest: number): number {
  let left = 0;
  let all = 0;
  for (const { array, scale } of layers.slice(lowest)) {
    left += norm(array.data) ** 2;
    all += norm(scale) ** 2;
  }
  return all === 0 ? 0 : Math.sqrt(left / all);
}
