import { layerLimit } from '../../gradient/agreement';
import { fromRows, isNear, norm } from '../../math/matrix';
import type { Evidence } from '../evidence/evidence';
import { type Remainder, relativeRemainder, remainderOf, rowsAt, takeAway } from '../evidence/remainder';
import { below, featuresAt, type Sample, sampleFrom } from '../evidence/sample';
import { type StepDown, stepDown } from '../fit/stepDown';
import type { Limit, Working } from '../working';
import { explain } from './explain';
import { type Ray, rays } from './rays';

/** Samples that exclusive neurons give: known from some layer up, and what is left of the gradient. */
export interface Peeled {
  readonly samples: readonly Sample[];
  readonly left: Remainder;
  /** rank and condition of each system solved on the way down */
  readonly systems: readonly { readonly layer: number; readonly rank: number; readonly condition: number }[];
}

/** Single rows (no parallel partner) to try per layer when parallel ones are used up. */
const singles = 2048;

/**
 * The ExAN attack (paper, appendix B; method 3): exclusive rows of every layer, top down. A sample found is taken away from
 * the gradient, which makes further neurons exclusive, until nothing new is found. Once the head and the layers below it
 * are used up, the layers underneath follow by least squares.
 */
export function* peel(evidence: Evidence, limit: Limit): Working<Peeled> {
  const left = remainderOf(evidence);
  const state: State = { evidence, left, samples: [], systems: [] };
  const last = evidence.model.dense.length - 2;
  for (let news = true; news && !usedUp(state, 0) && !limit.over(); ) {
    news = false;
    for (let layer = last; layer >= 0; layer--) {
      if (layer < last && usedUp(state, layer + 1)) news = walk(state, layer) || news;
      news = (yield* takeGroups(state, layer, limit)) || news;
    }
    if (!news && !usedUp(state, 0)) news = yield* takeSingles(state, limit);
  }
  return { samples: state.samples, left, systems: state.systems };
}

interface State {
  readonly evidence: Evidence;
  readonly left: Remainder;
  readonly samples: Sample[];
  readonly systems: { layer: number; rank: number; condition: number }[];
}

/** True when the samples found account for all that the layers from `lowest` up hold. */
function usedUp({ samples, left, evidence }: State, lowest: number): boolean {
  if (samples.length === 0 || samples.some((s) => s.level > lowest)) return false;
  if (relativeRemainder(left, lowest) > Math.max(1e-9, 300 * evidence.unit)) return false;
  const total = samples.reduce((sum, s) => sum + (s.weight ?? Number.NaN), 0);
  return !(total < 1 - 1e-4); // under `mean` the weights 1/M add up to 1; under `sum` each is 1; NaN: open scale
}

function* takeGroups(state: State, layer: number, limit: Limit): Working<boolean> {
  let news = false;
  for (let again = true; again && !usedUp(state, layer); ) {
    again = false;
    const groups = raysOf(state, layer)
      .filter(({ members }) => members.length > 1)
      .sort((a, b) => b.members.length - a.members.length);
    for (const group of groups) {
      if (yield* limit.breathe()) return news;
      const found = explain(state.left, layer, group, groups);
      if (found && add(state, found.sample)) again = true;
    }
    news ||= again;
  }
  return news;
}

/** What is left of a gradient has the errors of all samples taken away, which are coherent along a row: more may pass than for noise. */
function raysOf({ left }: State, layer: number): Ray[] {
  return rays(rowsAt(left, layer), left.layers[layer].variance, left.evidence.added ? 1 : layerLimit);
}

/** Rows without a parallel partner, until one is explained: then pairs may have become visible again. */
function* takeSingles(state: State, limit: Limit): Working<boolean> {
  for (let layer = state.evidence.model.dense.length - 2; layer >= 0; layer--) {
    const alone = raysOf(state, layer)
      .filter(({ members }) => members.length === 1)
      .slice(0, singles);
    for (const ray of alone) {
      if (yield* limit.breathe()) return false;
      const found = explain(state.left, layer, ray);
      if (found && add(state, found.sample)) return true;
    }
  }
  return false;
}

/** Adds a sample, or lowers the level of one that is known already; false when that is nothing new. */
function add(state: State, sample: Sample): boolean {
  const { samples, left } = state;
  const at = samples.findIndex((other) => same(other, sample));
  const known = samples[at];
  if (known && known.level <= sample.level) return false;
  if (!known && samples[0] && !commensurable(samples[0].weight, sample.weight)) return false;
  takeAway(left, sample, known);
  if (known) samples[at] = sample;
  else samples.push(sample);
  return true;
}

/** Weights are k/M with a small number k of copies, so two of them stand in a small ratio. */
function commensurable(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  const ratios = [1, 2, 3, 4].flatMap((i) => [1, 2, 3, 4].map((j) => i / j));
  return ratios.some((r) => Math.abs(a / b - r) <= 1e-2 * r);
}

function same(a: Sample, b: Sample, tolerance = 1e-3): boolean {
  const level = Math.max(a.level, b.level);
  const [x, y] = [featuresAt(a, level), featuresAt(b, level)];
  return a.label === b.label && isNear(x, y, tolerance);
}

/** Least squares one layer down, for all samples that are not known there yet. */
function walk(state: State, layer: number): boolean {
  const { evidence, left, samples, systems } = state;
  const { model } = evidence;
  const open = samples.filter((s) => s.level === layer + 1);
  if (open.length === 0) return false;
  const known = open.map((s) => below(model, s, layer));
  const deltas = fromRows(known.map(([delta]) => delta.data));
  const down = (variance: Float64Array): StepDown =>
    stepDown(deltas, left.layers[layer].array, variance, model.widths[layer], model.activations[layer - 1]);
  const own = left.layers[layer].variance;
  const sizes = down(own).features.map((read) => (read ? norm(read.features) ** 2 / read.features.length : 0));
  // the deltas' own errors are in the rows in proportion to the features
  const widened = own.map((v, j) => known.reduce((sum, [, spread], m) => sum + sizes[m] * spread.data[j], v));
  const { features, rank, condition } = down(widened);
  systems.push({ layer, rank, condition });
  let news = false;
  features.forEach((read, m) => {
    if (!read) return;
    const sample = open[m];
    const head = model.dense.length - 1;
    const { deltas, deltaVariance, weight } = sample;
    const lowered = sampleFrom(model, { level: layer, weight, ...read }, deltas[head].data, deltaVariance[head].data);
    // the features below must give those above: wrong deltas of any sample show here
    const tolerance = Math.min(Math.max(1e-8, 1e4 * evidence.unit) * condition, 1e-3);
    if (same(sample, lowered, tolerance)) news = add(state, lowered) || news;
  });
  return news;
}
