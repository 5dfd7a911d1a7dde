import { norm } from '../../math/matrix';
import type { MeasuredNoise } from '../evidence/arrayNoise';
import { type Evidence, leftOver } from '../evidence/leftOver';
import type { Share } from '../evidence/share';
import { type JointFit, jointFit } from '../fit/jointFit';
import { type Hypothesis, hypothesis } from './hypothesis';
import { rays } from './rays';

/** What the adaptive attack found. */
export interface AdaptiveFinding extends JointFit {
  readonly noise: MeasuredNoise;
  /** M as the weights show it */
  readonly size: number;
  readonly reduction: 'mean' | 'sum';
}

/**
 * The ExAN attack at the noise that the gradient shows: rows of layer 0 that are parallel within their own error bars are
 * candidates for exclusive neurons, each is tested against the layer above, and what is accepted is fitted together and
 * taken away, until nothing new is found. Finds samples within error bars, never exactly.
 *
 * @returns null when nothing stands the tests: too much noise
 */
export function adaptiveAttack(evidence: Evidence): AdaptiveFinding | null {
  const { gradient, noise } = evidence;
  const first = hypotheses(evidence, []);
  let best: AdaptiveFinding | null = null;
  for (const size of batchSizes(first, evidence)) {
    const fit = grow(evidence, first, size);
    if (fit && fit.explained > (best?.explained ?? 0)) best = { ...fit, noise, size, reduction: gradient.reduction };
    if (best && best.explained > 0.9 * best.standing) break;
  }
  return best;
}

function hypotheses(evidence: Evidence, shares: readonly Share[]): Hypothesis[] {
  const left = leftOver(evidence, shares);
  return rays(left.coordinates, left.deviation)
    .map((ray) => hypothesis(evidence, left, ray))
    .filter((h) => h !== null)
    .sort((a, b) => b.evidence - a.evidence);
}

/**
 * Batch sizes that the weights allow, at most four. Neurons that k samples of one label share look like one sample of weight
 * k/M, so the smallest weights count, first of all 1/rank, among rays of several members, as long as they are 1/M for a whole
 * M that is no less than the rank; only pruning raises the rank above it. Under `sum` every weight is 1.
 */
function batchSizes(tried: readonly Hypothesis[], { gradient, noise }: Evidence): number[] {
  const rank = noise.signal.right.rows;
  if (gradient.reduction === 'sum') return [1];
  const least = noise.weight.hidden > 0 ? 1 : rank;
  const sizes = new Set<number>();
  for (const h of tried) {
    const size = Math.round(1 / h.weight);
    const sure = (h.members.length > 1 || size === rank) && h.evidence > 200;
    if (sure && size >= least && size <= 2 * rank && fitsWeight(h, size)) sizes.add(size);
  }
  return [...sizes].sort((a, b) => Number(b === rank) - Number(a === rank) || b - a).slice(0, 4);
}

/** Within four deviations of 1/M. */
function fitsWeight({ weight, evidence }: Hypothesis, size: number): boolean {
  return Math.abs(weight * size - 1) < Math.min(0.01 + 4 / Math.sqrt(evidence), 0.25);
}

/** Adds sample after sample of weight 1/M, each of which must explain rows that were open, and takes them all away again. */
function grow(evidence: Evidence, first: readonly Hypothesis[], size: number): JointFit | null {
  const most = evidence.gradient.reduction === 'sum' ? evidence.noise.signal.right.rows : size;
  let fit: JointFit = { shares: [], standing: 0, explained: 0, misfit: 1 };
  for (
    let tried = first, before = -1;
    before < fit.shares.length && fit.shares.length < most;
    tried = hypotheses(evidence, fit.shares)
  ) {
    before = fit.shares.length;
    const used = new Set<number>();
    let failures = 0;
    for (const h of tried) {
      if (fit.shares.length >= most || failures > 10) break;
      if (!fitsWeight(h, size) || h.members.some((j) => used.has(j)) || fit.shares.some((s) => same(h, s))) continue;
      const wider = jointFit(evidence, [...fit.shares, { ...h, weight: 1 / size }]);
      if (wider.explained - fit.explained < Math.max(3, h.members.length / 2)) {
        failures++;
        continue;
      }
      fit = wider;
      for (const j of h.members) used.add(j);
    }
  }
  // the whole batch: what it leaves is noise that was measured too small
  const wider = fit.shares.length < most ? 1 : Math.sqrt(Math.max(1, fit.misfit));
  const shares = fit.shares.map((s) => ({ ...s, error: s.error * wider })).filter(tellsSomething);
  return shares.length > 0 ? { ...fit, shares } : null;
}

/** An error bar as wide as half the input says next to nothing about it. */
function tellsSomething({ input, error }: Share): boolean {
  return error < (0.5 * norm(input)) / Math.sqrt(input.length);
}

/** Closer than their error bars or 5 % of their size tell apart. */
function same(a: Share | Hypothesis, b: Share | Hypothesis): boolean {
  const n = a.input.length;
  let [distance, size] = [0, 0];
  for (let d = 0; d < n; d++) {
    distance += (a.input[d] - b.input[d]) ** 2 / n;
    size += a.input[d] ** 2 / n;
  }
  return a.label === b.label && distance < Math.max(25 * (a.error ** 2 + b.error ** 2), 0.0025 * size);
}
