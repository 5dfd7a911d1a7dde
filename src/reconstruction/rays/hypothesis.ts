import { norm, row } from '../../math/matrix';
import { normal, rng } from '../../math/rng';
import type { Mlp } from '../../types';
import type { MeasuredNoise } from '../evidence/arrayNoise';
import type { Evidence, LeftOver } from '../evidence/leftOver';
import { type Guess, type Share, shareOf, sharesByLabel } from '../evidence/share';
import { atMost, type Ray } from './rays';

/** A sample read off a ray, and how well the rest of the gradient bears it out. */
export interface Hypothesis extends Guess {
  readonly members: readonly number[];
  /** fall of chi-squared that the sample brings at its members' biases and columns above */
  readonly evidence: number;
  /** chi-squared per equation that stays */
  readonly misfit: number;
}

/** Fall of chi-squared that a sample must bring, and that its label must bring over the next best one. */
const leastEvidence = 60;
const leastLead = 30;

/**
 * Reads a sample off a ray, as if its members were neurons that it alone activates, and tests it: its own forward and
 * backward pass must give the members' bias gradients, weight * delta_0, and their columns one layer up, weight * delta_1 a,
 * for one label and one weight, within the noise and the sample's own error bar.
 *
 * @returns null when no sample explains the ray
 */
export function hypothesis(evidence: Evidence, left: LeftOver, ray: Ray): Hypothesis | null {
  const { model, noise } = evidence;
  const { members } = ray;
  const seen = observations(left, members);
  const labels = model.dense.length === 2 ? labelsAtHead(seen, members.length) : null;
  if (labels?.length === 0) return null;
  const read = readOff(noise, left, ray);
  if (!read) return null;
  const { weight } = model.dense[0];
  const possible = labels ?? [...Array(model.widths.at(-1)).keys()];
  const predicted = sharesByLabel(model, { ...read, weight: 1 }, possible);
  const z = predicted[0].z;
  if (!members.every((j) => z[j] > -3 * read.error * norm(row(weight, j)))) return null;
  const fits = predicted.map((share) => {
    const expected = predictions(share, members);
    return { label: share.label, expected, ...fit(seen, expected) };
  });
  fits.sort((a, b) => a.chiSquared - b.chiSquared);
  const best = fits[0];
  if (!best || !(best.weight > 0) || best.evidence < leastEvidence) return null;
  if (best.chiSquared > 3 * best.count && best.chiSquared > best.evidence) return null; // no error bar is that wide
  const guess = { ...read, label: best.label, weight: 1 };
  const variance = widened(model, guess, members, best.expected, seen.variance, best.weight);
  const final = fit({ ...seen, variance }, best.expected);
  const second = fits[1] ? fit({ ...seen, variance }, fits[1].expected).chiSquared : Number.POSITIVE_INFINITY;
  const odd = oddMembers({ ...seen, variance }, best.expected, final.weight, members.length);
  if (odd.size > 0 && odd.size <= members.length / 4) return hypothesis(evidence, left, withoutMembers(ray, odd));
  if (final.count < 4 || final.chiSquared > Math.max(atMost(final.count), 1.6 * final.count)) return null;
  if (final.evidence < leastEvidence || second - final.chiSquared < leastLead) return null;
  const misfit = final.chiSquared / final.count;
  return { ...guess, weight: final.weight, members, evidence: final.evidence, misfit };
}

/** The input from the ray's direction; its length from the members' biases, b = multiple * length of [x; 1]'s last entry. */
function readOff({ signal }: MeasuredNoise, left: LeftOver, ray: Ray): Pick<Guess, 'input' | 'error'> | null {
  let [bc, cc] = [0, 0];
  ray.members.forEach((j, k) => {
    const c = ray.multiples[k];
    bc += (left.bias[j] * c) / left.biasVariance[j];
    cc += (c * c) / left.biasVariance[j];
  });
  const scale = bc / cc; // 1 / length, with variance 1 / cc
  if (!(scale ** 2 * cc > 25)) return null;
  const input = new Float64Array(signal.right.columns);
  ray.direction.forEach((v, k) => {
    row(signal.right, k).forEach((w, d) => {
      input[d] += (v * w) / scale;
    });
  });
  let weights = 0;
  ray.members.forEach((j, k) => {
    weights += ((ray.multiples[k] * scale) / left.deviation[j]) ** 2;
  });
  const error = Math.sqrt(1 / weights + norm(input) ** 2 / input.length / (scale ** 2 * cc));
  return { input, error };
}

interface Observations {
  readonly values: Float64Array;
  readonly variance: Float64Array;
}

/** The members' biases, then their columns one layer up. */
function observations(left: LeftOver, members: readonly number[]): Observations {
  const pick = (bias: Float64Array, above: Float64Array): Float64Array => {
    const columns = members.flatMap((j) =>
      Array.from({ length: left.above.rows }, (_, k) => above[k * left.above.columns + j]),
    );
    return Float64Array.from([...members.map((j) => bias[j]), ...columns]);
  };
  return { values: pick(left.bias, left.above.data), variance: pick(left.biasVariance, left.aboveVariance.data) };
}

function predictions({ unmasked, upper, z }: Share, members: readonly number[]): Float64Array {
  const columns = members.flatMap((j) => Array.from(upper, (d) => d * z[j]));
  return Float64Array.from([...members.map((j) => unmasked[j]), ...columns]);
}

/** Weighted least squares of values = weight * expected. */
function fit(
  { values, variance }: Observations,
  expected: Float64Array,
): Record<'weight' | 'evidence' | 'chiSquared' | 'count', number> {
  let [vp, pp, chiSquared, count] = [0, 0, 0, 0];
  const each = (add: (v: number, p: number, s: number) => void): void => {
    for (let q = 0; q < values.length; q++)
      if (variance[q] !== Number.POSITIVE_INFINITY) add(values[q], expected[q], variance[q]);
  };
  each((v, p, s) => {
    vp += (v * p) / s;
    pp += (p * p) / s;
    count++;
  });
  const weight = vp / pp;
  each((v, p, s) => {
    chiSquared += (v - weight * p) ** 2 / s;
  });
  return { weight, evidence: vp * weight, chiSquared, count };
}

/** Members, by position, whose own equations do not fit: rows of several samples that are parallel by chance. */
function oddMembers(
  { values, variance }: Observations,
  expected: Float64Array,
  weight: number,
  members: number,
): Set<number> {
  const classes = values.length / members - 1;
  const chi = new Float64Array(members);
  for (let q = 0; q < values.length; q++) {
    const k = q < members ? q : Math.floor((q - members) / classes);
    const misfit = values[q] - weight * expected[q];
    chi[k] += misfit ** 2 / variance[q];
  }
  return new Set([...chi.keys()].filter((k) => chi[k] > atMost(classes + 1)));
}

function withoutMembers({ members, direction, multiples }: Ray, odd: ReadonlySet<number>): Ray {
  return {
    members: members.filter((_, k) => !odd.has(k)),
    direction,
    multiples: multiples.filter((_, k) => !odd.has(k)),
  };
}

/** The three likeliest labels by the head's columns, whose one negative entry is the label's; none when two are negative. */
function labelsAtHead({ values, variance }: Observations, members: number): number[] {
  const classes = values.length / members - 1;
  const sums = new Float64Array(classes);
  const variances = new Float64Array(classes);
  for (let q = members; q < values.length; q++) {
    if (variance[q] === Number.POSITIVE_INFINITY) continue;
    const c = (q - members) % classes;
    sums[c] += values[q];
    variances[c] += variance[q];
  }
  const negative = sums.filter((v, c) => v < -5 * Math.sqrt(variances[c]));
  if (negative.length > 1) return [];
  return [...sums.keys()].sort((a, b) => sums[a] - sums[b]).slice(0, 3);
}

/** Variances with what the sample's own error bar does to the predictions: spread over random draws within it. */
function widened(
  model: Mlp,
  guess: Guess,
  members: readonly number[],
  expected: Float64Array,
  variance: Float64Array,
  weight: number,
): Float64Array {
  const uniform = rng(members.length);
  const draws = 6;
  const result = variance.slice();
  for (let n = 0; n < draws; n++) {
    const input = guess.input.map((v) => v + guess.error * normal(uniform));
    predictions(shareOf(model, { ...guess, input }), members).forEach((p, q) => {
      result[q] += (weight * (p - expected[q])) ** 2 / draws;
    });
  }
  return result;
}
