import { norm } from '../../math/matrix';
import type { Evidence } from '../evidence/evidence';
import { type Remainder, remainderOf, rowsAt, takeAway } from '../evidence/remainder';
import { featuresAt, type Sample } from '../evidence/sample';
import { type JointFit, jointFit } from '../fit/jointFit';
import type { Limit, Working } from '../working';
import { type Explanation, explain } from './explain';
import { rays } from './rays';

/** What exclusive neurons give where noise was added: samples within error bars, never exactly. */
export interface Grown extends JointFit {
  /** M as the weights show it */
  readonly size: number;
}

/**
 * The ExAN attack at the noise that the gradient shows: rows of layer 0 that are parallel within their own error bars are candidates for
 * exclusive neurons, each is tested against the layer above, and what is accepted is fitted together and taken away, until nothing new
 * is found.
 *
 * @returns null when nothing stands the tests: too much noise
 */
export function* grow(evidence: Evidence, limit: Limit): Working<Grown | null> {
  const first = yield* explanations(remainderOf(evidence), limit);
  let best: Grown | null = null;
  for (const size of batchSizes(first, evidence)) {
    const fit = yield* grownTo(evidence, first, size, limit);
    if (fit && fit.explained > (best?.explained ?? 0)) best = { ...fit, size };
    if (best && best.explained > 0.9 * best.standing) break;
  }
  return best;
}

function* explanations(left: Remainder, limit: Limit): Working<Explanation[]> {
  const found: Explanation[] = [];
  for (const ray of rays(rowsAt(left, 0), left.layers[0].variance)) {
    if (yield* limit.breathe()) break;
    const one = explain(left, 0, ray);
    if (one) found.push(one);
  }
  return found.sort((a, b) => b.evidence - a.evidence);
}

/**
 * Batch sizes that the weights allow, at most four. Neurons that k samples of one label share look like one sample of weight
 * k/M, so the smallest weights count, first of all 1/rank, among rays of several members, as long as they are 1/M for a whole
 * M that is no less than the rank; only pruning raises the rank above it. Under `sum` every weight is 1.
 */
function batchSizes(tried: readonly Explanation[], { gradient, noise, added }: Evidence): number[] {
  const rank = added?.[0].signal?.right.rows ?? 0;
  if (gradient.reduction === 'sum') return [1];
  const least = noise[0].weight.hidden > 0 ? 1 : rank;
  const sizes = new Set<number>();
  for (const h of tried) {
    const size = Math.round(1 / (h.sample.weight ?? 1));
    const sure = (h.members.length > 1 || size === rank) && h.evidence > 200;
    if (sure && size >= least && size <= 2 * rank && fitsWeight(h, size)) sizes.add(size);
  }
  return [...sizes].sort((a, b) => Number(b === rank) - Number(a === rank) || b - a).slice(0, 4);
}

/** Within four deviations of 1/M. */
function fitsWeight({ sample, evidence }: Explanation, size: number): boolean {
  return Math.abs((sample.weight ?? 0) * size - 1) < Math.min(0.01 + 4 / Math.sqrt(evidence), 0.25);
}

/** Adds sample after sample of weight 1/M, each of which must explain rows that were open, and takes them all away again. */
function* grownTo(
  evidence: Evidence,
  first: readonly Explanation[],
  size: number,
  limit: Limit,
): Working<JointFit | null> {
  const most = evidence.gradient.reduction === 'sum' ? (evidence.added?.[0].signal?.right.rows ?? 0) : size;
  let fit: JointFit = { samples: [], standing: 0, explained: 0, misfit: 1 };
  for (
    let tried = first, before = -1;
    before < fit.samples.length && fit.samples.length < most && !limit.over();
    tried = yield* explanations(withoutAll(evidence, fit.samples), limit)
  ) {
    before = fit.samples.length;
    const used = new Set<number>();
    let failures = 0;
    for (const h of tried) {
      if (fit.samples.length >= most || failures > 10 || (yield* limit.breathe())) break;
      const known = fit.samples.some((s) => same(h.sample, s));
      if (!fitsWeight(h, size) || h.members.some((j) => used.has(j)) || known) continue;
      const wider = yield* jointFit(evidence, [...fit.samples, { ...h.sample, weight: 1 / size }], limit);
      if (wider.explained - fit.explained < Math.max(3, h.members.length / 2)) {
        failures++;
        continue;
      }
      fit = wider;
      for (const j of h.members) used.add(j);
    }
  }
  // the whole batch: what it leaves is noise that was measured too small
  const wider = fit.samples.length < most ? 1 : Math.sqrt(Math.max(1, fit.misfit));
  const samples = fit.samples.map((s) => ({ ...s, error: s.error * wider })).filter(tellsSomething);
  return samples.length > 0 ? { ...fit, samples } : null;
}

function withoutAll(evidence: Evidence, samples: readonly Sample[]): Remainder {
  const left = remainderOf(evidence);
  for (const sample of samples) takeAway(left, sample);
  return left;
}

/** An error bar as wide as half the input says next to nothing about it. */
function tellsSomething(sample: Sample): boolean {
  const input = featuresAt(sample, 0);
  return sample.error < (0.5 * norm(input)) / Math.sqrt(input.length);
}

/** Closer than their error bars or 5 % of their size tell apart. */
function same(a: Sample, b: Sample): boolean {
  const [x, y] = [featuresAt(a, 0), featuresAt(b, 0)];
  let [distance, size] = [0, 0];
  for (let d = 0; d < x.length; d++) {
    distance += (x[d] - y[d]) ** 2 / x.length;
    size += x[d] ** 2 / x.length;
  }
  return a.label === b.label && distance < Math.max(25 * (a.error ** 2 + b.error ** 2), 0.0025 * size);
}
