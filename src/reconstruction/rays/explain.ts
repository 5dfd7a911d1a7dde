import { atMost } from '../../math/chiSquared';
import { dot, norm } from '../../math/matrix';
import { lossVector } from '../../model/softmax';
import type { Evidence } from '../evidence/evidence';
import { entryVariance, type Remainder } from '../evidence/remainder';
import { type Sample, sampleFrom } from '../evidence/sample';
import { type Candidate, candidate, type Length, lossVariance, predict, predictFrom } from './candidate';
import { headReading, type LossReading, likelyLabels, lossReading } from './lossReading';
import type { Ray } from './rays';
import { readOff } from './readOff';
import { solveScale } from './scale';
import { fitWeight, type Observations, type Prediction, type WeightFit } from './weightFit';

/** A sample read off a ray, and how well the rest of the gradient bears it out. */
export interface Explanation {
  readonly sample: Sample;
  readonly members: readonly number[];
  /** fall of chi-squared that the sample brings at its members' biases and columns above */
  readonly evidence: number;
}

/** Fall of chi-squared that a sample must bring, and that its label must bring over the next best one. */
const leastEvidence = 60;
const leastLead = 30;
/** A wrong sample must have less than one chance in 10^this of fitting by accident. */
const digitsOfEvidence = 12;

/**
 * Tries to explain a ray as exclusive neurons of one sample (method 3, row and column view together).
 *
 * The rows give the features f that enter the layer (with biases; else up to scale). Forward from f, the members' bias gradients must
 * be weight * delta and their columns one layer up weight * delta * a, with delta from the loss vector softmax - e_y of the same
 * forward pass, for one label and one weight, within the noise. Mixed rows fail that; nothing is accepted by luck.
 *
 * @param groups all rays of the layer, which settle K = 2 (see {@link oneSampleOnGroups})
 * @returns null when no sample explains the ray
 */
export function explain(left: Remainder, layer: number, ray: Ray, groups: readonly Ray[] = []): Explanation | null {
  const { evidence } = left;
  const { model } = evidence;
  const { members } = ray;
  const classes = model.widths[model.widths.length - 1];
  const atHead = layer === model.dense.length - 2;
  const seen = observations(left, layer, members);
  // before any pass: a head column of a single sample is a loss vector already
  if (atHead && likelyLabels(headReading(seen, members.length, classes)).length === 0) return null;
  const read = readOff(left, layer, ray);
  if (!read) return null;
  const one = candidate(evidence, layer, read);
  const silent = new Set([...members.keys()].filter((k) => !(one.z[members[k]] > -3 * one.zError[members[k]])));
  if (silent.size > 0)
    return silent.size <= members.length / 4 ? explain(left, layer, without(ray, silent), groups) : null;
  const degenerate = atHead && classes === 2; // all loss vectors are parallel: the head's columns say nothing
  if (degenerate && (members.length === 1 || !oneSampleOnGroups(groups, one.z))) return null;
  const loss = lossReading(one, seen, members);
  if (!loss) return null;
  const biases = model.dense[layer].bias !== undefined;
  const question: Question = { left, one, seen, members, loss: biases ? null : loss.values };
  if (!biases && classes === 2) return openScale(question, loss.values);
  const fits = likelyLabels(loss)
    .map((label) => labelled(question, label))
    .filter((f) => f !== null)
    .filter(({ fit }) => fit.weight > 0) // for K = 2 the other label fits as well, with a negative one
    .sort((a, b) => a.fit.chiSquared - b.fit.chiSquared);
  const [best, second] = fits;
  if (!best || best.fit.evidence < leastEvidence) return null;
  if (second && second.fit.chiSquared - best.fit.chiSquared < leastLead) return null;
  const odd = oddMembers(best.fit, members.length, one.responses.columns);
  if (odd.size > 0 && odd.size <= members.length / 4) return explain(left, layer, without(ray, odd), groups);
  if (!fitsWell(left, best.fit) || !surprising(question, best)) return null;
  return { sample: sampleOf(evidence, one, best, loss), members, evidence: best.fit.evidence };
}

/** What is asked of a ray: whether the candidate explains what its members show. */
interface Question {
  readonly left: Remainder;
  readonly one: Candidate;
  readonly seen: Observations;
  readonly members: readonly number[];
  /** the loss vector read off, where it settles the features' length; null with biases, where that is known */
  readonly loss: Float64Array | null;
}

interface Labelled extends Length {
  readonly label: number;
  readonly fit: WeightFit;
}

/** The members' bias gradients, then their columns one layer up. */
function observations(left: Remainder, layer: number, members: readonly number[]): Observations {
  const own = left.layers[layer].array;
  const above = left.layers[layer + 1].array;
  const d = left.evidence.model.dense[layer].weight.columns;
  const biased = own.columns > d ? members : [];
  const values: number[] = biased.map((j) => own.data[j * own.columns + d]);
  const variance: number[] = biased.map((j) => entryVariance(left, layer, j, d));
  for (const j of members)
    for (let c = 0; c < above.rows; c++) {
      values.push(above.data[c * above.columns + j]);
      variance.push(entryVariance(left, layer + 1, c, j));
    }
  return { values: Float64Array.from(values), variance: Float64Array.from(variance) };
}

/** The best weight for a label, and without biases the best length too. */
function labelled({ left, one, seen, members, loss }: Question, label: number): Labelled | null {
  const { evidence } = left;
  let t = loss ? solveScale(one.pass.logits.data, loss, label) : 1;
  if (t === null) return null;
  let [tVariance, sVariance] = [0, 0];
  let prediction = predict(evidence, one, members, label, t);
  let fit = fitWeight(seen, prediction);
  for (let round = 0; loss && round < 3; round++) {
    const h = 1e-6 * t;
    const moved = predict(evidence, one, members, label, t + h).expected;
    const slope = moved.map((v, q) => (v - prediction.expected[q]) / h);
    const { step, ...variances } = scaleStep(seen, prediction, {
      slope,
      weight: fit.weight,
      above: one.responses.columns,
    });
    t += step;
    ({ tVariance, sVariance } = variances);
    if (!(t > 0)) return null;
    prediction = predict(evidence, one, members, label, t);
    fit = fitWeight(seen, prediction);
  }
  return { label, t, tVariance, fit: { ...fit, relative: Math.hypot(fit.relative, Math.sqrt(sVariance)) } };
}

/**
 * Least squares of values = s (expected + slope dt): the step dt, its variance, and that of s over s. The loss vector's own error is the
 * same in all members' columns, so it does not average out.
 */
function scaleStep(
  { values, variance }: Observations,
  { expected, variance: own }: Prediction,
  { slope, weight, above }: { slope: Float64Array; weight: number; above: number },
): { step: number; tVariance: number; sVariance: number } {
  const precision = values.map((_, q) => 1 / (variance[q] + weight * weight * own[q]));
  const weighed = (x: Float64Array, y: Float64Array): number =>
    x.reduce((sum, v, q) => sum + v * y[q] * precision[q], 0);
  const [aa, ab, bb] = [weighed(expected, expected), weighed(expected, slope), weighed(slope, slope)];
  const determinant = aa * bb - ab * ab;
  if (!(determinant > 1e-12 * aa * bb)) return { step: 0, tVariance: Infinity, sVariance: Infinity };
  // both are sums of values, each times a factor
  const ofStep = precision.map((p, q) => ((aa * slope[q] - ab * expected[q]) * p) / determinant);
  const ofWeight = precision.map((p, q) => ((bb * expected[q] - ab * slope[q]) * p) / determinant);
  const spread = (factors: Float64Array): number => {
    const shared = new Float64Array(above);
    let sum = 0;
    factors.forEach((c, q) => {
      sum += c * c * variance[q];
      shared[q % above] += c * Math.sqrt(own[q]);
    });
    return sum / weight ** 2 + dot(shared, shared);
  };
  return { step: dot(ofStep, values) / dot(ofWeight, values), tVariance: spread(ofStep), sVariance: spread(ofWeight) };
}

/** K = 2 without biases: lengths say nothing either, only that the columns are one loss vector's. */
function openScale({ left, one, seen, members }: Question, loss: Float64Array): Explanation | null {
  const { model } = left.evidence;
  const fit = fitWeight(seen, predictFrom(model, one, members, loss, new Float64Array(loss.length)));
  if (!(fit.weight > 0) || fit.evidence < leastEvidence || !fitsWell(left, fit)) return null;
  const { layer, error, pass } = one;
  return {
    sample: sampleFrom(model, { level: layer, weight: null, error, pass }, loss),
    members,
    evidence: fit.evidence,
  };
}

/** Where only rounding is in the way, a wrong sample misses by many powers of ten, and errors are coherent: much may pass. */
function fitsWell({ evidence }: Remainder, { chiSquared, evidence: fall, count }: WeightFit): boolean {
  if (!evidence.added) return chiSquared <= 25 * count && chiSquared < 1e-2 * fall;
  return count >= 4 && chiSquared <= Math.max(atMost(count), 1.6 * count);
}

/** Members, by position, whose own equations do not fit: rows of several samples that are parallel by chance. */
function oddMembers({ each }: WeightFit, members: number, above: number): Set<number> {
  const biased = each.length - members * above; // one equation a member, or none
  const chi = new Float64Array(members);
  each.forEach((c, q) => {
    chi[q < biased ? q : Math.floor((q - biased) / above)] += c;
  });
  return new Set([...chi.keys()].filter((k) => chi[k] > atMost(above + 1)));
}

/**
 * Samples that share all patterns above mix within the K columns of the responses, so no more than K equations count; the zero sum, the
 * weight and without biases the length use some of them up. Where few are left the weight must be 1/M, as every single sample's is.
 */
function surprising({ left, one, members, loss }: Question, { fit, t, tVariance }: Labelled): boolean {
  const { evidence } = left;
  if (evidence.added) return true; // there the joint fit decides
  const classes = evidence.model.widths[evidence.model.widths.length - 1];
  const digits = Math.max(0, Math.log10(Math.sqrt(fit.evidence / fit.count)) - 2);
  const spare = classes - (loss ? 3 : 2);
  const width = left.layers[one.layer].array.columns;
  const parallel = classes === 2 ? 0 : (members.length - 1) * Math.max(0, width - 2);
  const isOne = digits * parallel >= digitsOfEvidence; // rows that no two samples give
  const needsShare = spare < 2 || classes === 2 || digits * (spare + parallel) < digitsOfEvidence;
  const relative = Math.hypot(fit.relative, Math.sqrt(tVariance) / t);
  const within = { tolerance: Math.max(10 * relative, 100 * evidence.unit), luck: isOne ? 2e-2 : 1e-3 };
  if (needsShare && !isShare(fit.weight / t, within)) return false;
  return members.length > 1 || digits * spare >= digitsOfEvidence;
}

/** True when a weight is 1/M for a whole M, as every single sample's is; any weight would be with a chance of `luck`. */
function isShare(weight: number, { tolerance, luck }: { tolerance: number; luck: number }): boolean {
  const size = Math.round(1 / weight);
  return size >= 1 && tolerance * size < luck && Math.abs(1 / weight - size) <= tolerance * size;
}

/**
 * For K = 2 the head's rows are delta_j = s_m (w_1j - w_0j): neurons that the same *set* of samples activates have parallel
 * rows too, and a set's average looks like a sample. But a real sample switches all neurons of such a set together.
 */
function oneSampleOnGroups(groups: readonly Ray[], z: Float64Array): boolean {
  return groups.every(({ members }) => {
    const on = members.filter((j) => z[j] > 0).length;
    return on === 0 || on === members.length;
  });
}

function without({ members, multiples, ...ray }: Ray, odd: ReadonlySet<number>): Ray {
  return { ...ray, members: members.filter((_, k) => !odd.has(k)), multiples: multiples.filter((_, k) => !odd.has(k)) };
}

/**
 * The sample from its layer up; without biases the pass scales with its input. Its loss vector is what softmax makes of it, as far as float
 * arithmetic leaves that, and what was read, each by its variance.
 */
function sampleOf(
  evidence: Evidence,
  one: Candidate,
  { label, t, tVariance, fit }: Labelled,
  read: LossReading,
): Sample {
  const { model, unit } = evidence;
  const { layer, features, error, pass } = one;
  const weight = fit.weight / t;
  const logits = t === 1 ? pass.logits.data : pass.logits.data.map((l) => l * t);
  const spread = lossVariance(one, logits, label, { t, tVariance }, unit);
  const loss = lossVector(logits, label).map((v) => v * weight);
  const variance = loss.map((v, c) => {
    const own = weight ** 2 * spread[c] + (v * fit.relative) ** 2;
    // activations of the candidate's length were divided by
    const seen = (read.variance[c] + (read.values[c] / t) ** 2 * tVariance) / t ** 2;
    if (!(seen < Number.POSITIVE_INFINITY) || !(own + seen > 0)) return own;
    loss[c] = (v * seen + (read.values[c] / t) * own) / (own + seen);
    return (own * seen) / (own + seen);
  });
  const along = Math.sqrt(tVariance / features.length) * norm(features);
  const known = { level: layer, weight, error: Math.hypot(error * t, along) };
  const from = t === 1 ? { ...known, pass } : { ...known, features: features.map((v) => v * t) };
  return { ...sampleFrom(model, from, loss, variance), label };
}
