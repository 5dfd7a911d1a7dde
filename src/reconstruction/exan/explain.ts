import { leastSquares } from '../../math/leastSquares';
import { axpy, column, dot, matrix, multiply, norm, row, transpose } from '../../math/matrix';
import { alignedSum } from '../../math/parallelRows';
import { deltaBelow } from '../../model/backward';
import { type Activations, forward } from '../../model/forward';
import { lossVector } from '../../model/softmax';
import type { AffineLayer, DenseMatrix, Network } from '../../types';
import { type KnownSample, knownFrom } from './knownSample';
import { type Remainder, rowNoise } from './remainder';
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
 * @returns the sample from this layer up, or null when no sample explains the rows
 */
export function explain(
  model: Network,
  left: Remainder,
  layer: number,
  members: readonly number[],
  noise: Float64Array = rowNoise(left, layer),
): KnownSample | null {
  const a = left.layers[layer] as DenseMatrix;
  const tolerance = Math.min(Math.max(3e3 * Math.min(...members.map((j) => noise[j] as number)), 1e-9), 1e-2);
  const features = featuresFrom(model, layer, alignedSum(a, members), members[0] as number, tolerance);
  if (!features) return null;

  const pass = forward(model, matrix(1, features.length, features), layer);
  const active = (pass.features[layer + 1] as DenseMatrix).data;
  if (!members.every((j) => (active[j] as number) > 0)) return null;
  const above = deltaAbove(left.layers[layer + 1] as DenseMatrix, members, active);
  const responses = lossResponses(model, pass, layer);
  const atHead = layer === model.layers.length - 2;
  const loss = atHead ? above : leastSquares(transpose(responses), matrix(above.length, 1, above)).solution.data;
  const label = labelOf(loss, tolerance);
  if (label === null) return null;

  const logits = pass.logits.data;
  const biases = model.layers[layer]?.bias !== undefined;
  if (!biases && logits.length === 2) return members.length > 1 ? knownFrom(model, layer, features, loss, null) : null; // the scale stays open
  const t = biases ? 1 : solveScale(logits, loss, label);
  if (t === null) return null;
  const g = lossVector(t === 1 ? logits : logits.map((l) => l * t), label);
  const expected = multiply(matrix(1, g.length, g), responses).data;
  const size = dot(above, expected) / dot(expected, expected); // weight * t
  axpy(-size, expected, above);
  if (!(size > 0 && norm(above) <= tolerance * size * norm(expected))) return null;

  // equations left over after scale, t and (at the head) the zero sum are used up
  const spare = above.length - (atHead ? 2 : 1) - (biases ? 0 : 1);
  const weight = size / t;
  const digits = -Math.log10(tolerance);
  const wholeBatch = Math.abs(1 / weight - Math.round(1 / weight)) <= tolerance / weight;
  const evidence = digits * (spare + (members.length - 1) * (a.columns - 2));
  if (evidence < digitsOfEvidence || (spare < 2 && !wholeBatch)) return null;
  if (members.length === 1 && digits * spare < digitsOfEvidence) return null;
  return knownFrom(
    model,
    layer,
    t === 1 ? features : features.map((v) => v * t),
    g.map((v) => v * weight),
    weight,
  );
}

/** f from a row delta * [f; 1] (divided by its last entry) or delta * f (unit length, sign from the neuron being on). */
function featuresFrom(
  model: Network,
  layer: number,
  direction: Float64Array,
  member: number,
  tolerance: number,
): Float64Array | null {
  const { weight, bias } = model.layers[layer] as AffineLayer;
  const head = direction.subarray(0, weight.columns);
  let divisor = norm(direction);
  if (bias) {
    const last = direction[weight.columns] as number;
    if (!(Math.abs(last) > 1e-13 * divisor)) return null;
    divisor = last;
  } else if (dot(row(weight, member), head) < 0) divisor = -divisor;
  const f = head.map((v) => v / divisor);
  if (layer === 0) return f;
  // features below this layer's entry left a ReLU: a negative one is noise, and measures it
  const noise = 2 * Math.max(0, -Math.min(...f));
  if (!(noise <= tolerance * Math.max(...f))) return null;
  return f.map((v) => (v > noise ? v : 0));
}

/** weight * delta_{i+1} from the columns of the members: column j is weight * delta_{i+1} a_j (SPEC 2, column view). */
function deltaAbove(above: DenseMatrix, members: readonly number[], active: Float64Array): Float64Array {
  const sum = new Float64Array(above.rows);
  let squares = 0;
  for (const j of members) {
    axpy(active[j] as number, column(above, j), sum);
    squares += (active[j] as number) ** 2;
  }
  return sum.map((v) => v / squares);
}

/** delta_{layer+1} for each unit loss vector e_c: K rows, the identity at the head. */
function lossResponses(model: Network, pass: Activations, layer: number): DenseMatrix {
  const classes = pass.logits.columns;
  let delta = matrix(classes, classes);
  for (let c = 0; c < classes; c++) delta.data[c * classes + c] = 1;
  for (let i = model.layers.length - 2; i > layer; i--) {
    const active = (pass.features[i + 1] as DenseMatrix).data;
    const repeated = matrix(classes, active.length);
    for (let c = 0; c < classes; c++) row(repeated, c).set(active);
    delta = deltaBelow(model.layers[i + 1] as AffineLayer, delta, repeated);
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
