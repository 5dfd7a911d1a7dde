import { gemm } from '../../math/gemm';
import { leastSquares } from '../../math/leastSquares';
import { axpy, column, dot, matrix, norm, row, transpose } from '../../math/matrix';
import { alignedSum } from '../../math/parallelRows';
import { deltaBelow } from '../../model/backward';
import { type Activations, forward } from '../../model/forward';
import { lossVector } from '../../model/softmax';
import type { DenseMatrix, Mlp } from '../../types';
import { type KnownSample, knownFrom } from '../evidence/knownSample';
import { type Remainder, rowNoise } from '../evidence/remainder';
import { cleanFeatures } from './cleanFeatures';
import { solveScale } from './scale';

/** A wrong sample must have less than one chance in 10^this of fitting by accident. */
const digitsOfEvidence = 12;

/**
 * Tries to explain rows of one layer as exclusive neurons of one sample (SPEC 3, row and column view together).
 *
 * The rows give the features f that enter the layer (exactly with biases, else up to scale and sign). Forward from f, the
 * neurons' columns one layer up must be weight * delta * a, with delta from the loss vector softmax - e_y of the same
 * forward pass. Mixed rows fail that; nothing is accepted by luck.
 *
 * @param members neurons of ReLU layer `layer` whose rows are parallel, or a single neuron
 * @param groups all groups of parallel rows of the layer, which settle K = 2 (see {@link oneSampleOnGroups})
 * @returns the sample from this layer up, or null when no sample explains the rows
 */
export function explain(
  model: Mlp,
  left: Remainder,
  layer: number,
  members: readonly number[],
  noise: Float64Array = rowNoise(left, layer),
  groups: readonly (readonly number[])[] = [],
): KnownSample | null {
  const a = left.layers[layer];
  const atHead = layer === model.dense.length - 2;
  const level = Math.min(...members.map((j) => noise[j]));
  const tolerance = Math.min(Math.max(3e3 * level, 1e-9), 1e-2);
  // before the forward pass: a head column of a single sample is a loss vector already
  if (atHead && labelOf(column(left.layers[layer + 1], members[0]), tolerance) === null) return null;
  const features = featuresFrom(model, layer, alignedSum(a, members), members[0], level, tolerance);
  if (!features) return null;

  const pass = forward(model, matrix(1, features.length, features), layer);
  const active = pass.features[layer + 1].data;
  if (!members.every((j) => active[j] > 0)) return null;
  const above = deltaAbove(left.layers[layer + 1], members, active);
  const responses = lossResponses(model, pass, layer);
  const solved = atHead ? null : leastSquares(transpose(responses), matrix(above.length, 1, above));
  if (solved && solved.rank < responses.rows) return null; // too few active neurons above: several labels would fit
  const loss = solved ? solved.solution.data : above;
  const label = labelOf(loss, tolerance);
  if (label === null) return null;

  const logits = pass.logits.data;
  const biases = model.dense[layer]?.bias !== undefined;
  const degenerate = atHead && logits.length === 2; // all loss vectors are parallel: the head's columns say nothing
  if (degenerate && (members.length === 1 || !oneSampleOnGroups(groups, active))) return null;
  const open = !biases && logits.length === 2; // their lengths say nothing either: the scale stays open
  const t = biases || open ? 1 : solveScale(logits, loss, label);
  if (t === null) return null;
  const g = open ? loss : lossVector(t === 1 ? logits : logits.map((l) => l * t), label);
  const expected = gemm(matrix(1, g.length, g), responses).data;
  const size = dot(above, expected) / dot(expected, expected); // weight * t
  axpy(-size, expected, above);
  if (!(size > 0 && norm(above) <= tolerance * size * norm(expected))) return null;

  if (open) return knownFrom(model, layer, pass.features, loss, null);
  const weight = size / t;
  // Samples that share all patterns above mix within the K columns of the responses, so no more than K equations count;
  // the zero sum, the weight and without biases t use some of them up.
  const spare = logits.length - (biases ? 2 : 3);
  const parallel = degenerate ? 0 : (members.length - 1) * Math.max(0, a.columns - 2);
  const digits = -Math.log10(tolerance);
  const needsShare = spare < 2 || logits.length === 2 || digits * (spare + parallel) < digitsOfEvidence;
  if (needsShare && !isShare(weight, tolerance / 10)) return null;
  if (members.length === 1 && digits * spare < digitsOfEvidence) return null;
  // without biases the pass scales with its input
  const scaled = t === 1 ? pass.features : pass.features.map((f) => ({ ...f, data: f.data.map((v) => v * t) }));
  const share = g.map((v) => v * weight);
  return knownFrom(model, layer, scaled, share, weight);
}

/** True when a weight is 1/M for a whole M, as every single sample's is. */
function isShare(weight: number, tolerance: number): boolean {
  const size = Math.round(1 / weight);
  return size >= 1 && tolerance * size < 1e-3 && Math.abs(1 / weight - size) <= tolerance * size;
}

/**
 * For K = 2 the head's rows are delta_j = s_m (w_1j - w_0j): neurons that the same *set* of samples activates have parallel
 * rows too, and a set's average looks like a sample. But a real sample switches all neurons of such a set together.
 */
function oneSampleOnGroups(groups: readonly (readonly number[])[], active: Float64Array): boolean {
  return groups.every((group) => {
    const on = group.filter((j) => active[j] > 0).length;
    return on === 0 || on === group.length;
  });
}

/** f from a row delta * [f; 1] (divided by its last entry) or delta * f (unit length, sign from the neuron being on). */
function featuresFrom(
  model: Mlp,
  layer: number,
  direction: Float64Array,
  member: number,
  noise: number,
  tolerance: number,
): Float64Array | null {
  const { weight, bias } = model.dense[layer];
  const head = direction.subarray(0, weight.columns);
  let divisor = norm(direction);
  if (bias) {
    const last = direction[weight.columns];
    if (!(Math.abs(last) > 1e-13 * divisor)) return null;
    divisor = last;
  } else if (dot(row(weight, member), head) < 0) divisor = -divisor;
  const f = head.map((v) => v / divisor);
  if (layer === 0) return f;
  return cleanFeatures(f, noise, tolerance);
}

/** weight * delta_{i+1} from the columns of the members: column j is weight * delta_{i+1} a_j (SPEC 2, column view). */
function deltaAbove(above: DenseMatrix, members: readonly number[], active: Float64Array): Float64Array {
  const sum = new Float64Array(above.rows);
  let squares = 0;
  for (const j of members) {
    axpy(active[j], column(above, j), sum);
    squares += active[j] ** 2;
  }
  return sum.map((v) => v / squares);
}

/** delta_{layer+1} for each unit loss vector e_c: K rows, the identity at the head. */
function lossResponses(model: Mlp, pass: Activations, layer: number): DenseMatrix {
  const classes = pass.logits.columns;
  let delta = matrix(classes, classes);
  for (let c = 0; c < classes; c++) delta.data[c * classes + c] = 1;
  for (let i = model.dense.length - 2; i > layer; i--) {
    const active = pass.features[i + 1].data;
    const repeated = matrix(classes, active.length);
    for (let c = 0; c < classes; c++) row(repeated, c).set(active);
    delta = deltaBelow(model.dense[i + 1], delta, repeated);
  }
  return delta;
}

/** The one class with a negative entry, or null when this is no loss vector. */
function labelOf(loss: Float64Array, tolerance: number): number | null {
  const smallest = Math.min(...loss);
  const label = loss.indexOf(smallest);
  const fits = loss.every((v, c) => c === label || v >= tolerance * smallest);
  return smallest < 0 && fits ? label : null;
}
