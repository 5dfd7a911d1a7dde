import { atMost } from '../../math/chiSquared';
import { norm } from '../../math/matrix';
import { lossVector } from '../../model/softmax';
import type { Evidence } from '../evidence/evidence';
import { entryVariance, type Remainder } from '../evidence/remainder';
import { type Sample, sampleFrom } from '../evidence/sample';
import { fitsWell, surprising } from './belief';
import { type Candidate, candidate, lossVariance, predictFrom } from './candidate';
import { type Labelled, labelled, type Question } from './labelled';
import { headReading, type LossReading, likelyLabels, lossReading } from './lossReading';
import type { Ray } from './rays';
import { readOff } from './readOff';
import { fitWeight, type Observations, type WeightFit } from './weightFit';

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
