import { matrix, norm } from '../../math/matrix';
import { parallelRows } from '../../math/parallelRows';
import { forward } from '../../model/forward';
import type { AveragedGradient, DenseMatrix, Mlp } from '../../types';
import { type KnownSample, knownFrom } from '../evidence/knownSample';
import {
  type Remainder,
  relativeRemainder,
  remainderLimit,
  remainderOf,
  rowNoise,
  takeAway,
} from '../evidence/remainder';
import { stepDown } from '../fit/stepDown';
import { explain } from './explain';

/** What the ExAN attack found: samples known from some layer up, and what is left of the gradient. */
export interface ExanFinding {
  readonly samples: readonly KnownSample[];
  readonly left: Remainder;
  /** rank and condition of each system solved on the way down */
  readonly systems: readonly { readonly layer: number; readonly rank: number; readonly condition: number }[];
}

/**
 * The ExAN attack (paper, appendix B; SPEC 3): exclusive rows of every layer, top down. A sample found is taken away from
 * the gradient, which makes further neurons exclusive, until nothing new is found. Once the head and the layers below it
 * are used up, the layers underneath follow by least squares.
 *
 * @param noise relative noise per entry, see eulerNoise
 * @param singles how many single rows (no parallel partner) to try per layer when parallel ones are used up
 */
export function exanAttack(model: Mlp, gradient: AveragedGradient, noise: number, singles = 2048): ExanFinding {
  const left = remainderOf(gradient, noise);
  const state: State = { model, left, samples: [], systems: [] };
  const last = model.dense.length - 2;
  for (let news = true; news && !usedUp(state, 0); ) {
    news = false;
    for (let layer = last; layer >= 0; layer--) {
      if (layer < last && usedUp(state, layer + 1)) news = walk(state, layer) || news;
      news = takeGroups(state, layer) || news;
    }
    if (!news && !usedUp(state, 0)) news = takeSingles(state, singles);
  }
  return { samples: state.samples, left, systems: state.systems };
}

interface State {
  readonly model: Mlp;
  readonly left: Remainder;
  readonly samples: KnownSample[];
  readonly systems: { layer: number; rank: number; condition: number }[];
}

/** True when the samples found account for all that the layers from `lowest` up hold. */
function usedUp({ samples, left }: State, lowest: number): boolean {
  if (samples.length === 0 || samples.some((s) => s.level > lowest)) return false;
  if (relativeRemainder(left, lowest) > remainderLimit(left.noise)) return false;
  const total = samples.reduce((sum, s) => sum + (s.weight ?? Number.NaN), 0);
  return !(total < 1 - 1e-4); // under `mean` the weights 1/M add up to 1; under `sum` each is 1; NaN: open scale
}

function takeGroups(state: State, layer: number): boolean {
  let news = false;
  for (let again = true; again && !usedUp(state, layer); ) {
    again = false;
    const noise = rowNoise(state.left, layer);
    const groups = parallelRows(state.left.layers[layer], noise);
    for (const members of groups) {
      const sample = explain(state.model, state.left, layer, members, noise, groups);
      if (sample && add(state, sample)) again = true;
    }
    news ||= again;
  }
  return news;
}

/** Rows without a parallel partner, until one is explained: then pairs may have become visible again. */
function takeSingles(state: State, most: number): boolean {
  for (let layer = state.model.dense.length - 2; layer >= 0; layer--) {
    const noise = rowNoise(state.left, layer);
    const rows = [...noise.keys()].filter((j) => noise[j] < 0.1).slice(0, most);
    for (const j of rows) {
      const sample = explain(state.model, state.left, layer, [j], noise);
      if (sample && add(state, sample)) return true;
    }
  }
  return false;
}

/** Adds a sample, or lowers the level of one that is known already; false when that is nothing new. */
function add(state: State, sample: KnownSample): boolean {
  const { samples, left, model } = state;
  const at = samples.findIndex((other) => same(other, sample));
  const known = samples[at];
  if (known && known.level <= sample.level) return false;
  if (!known && samples[0] && !commensurable(samples[0].weight, sample.weight)) return false;
  takeAway(left, sample, sample.level, known ? known.level : model.dense.length);
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

function same(a: KnownSample, b: KnownSample, tolerance = 1e-3): boolean {
  const level = Math.max(a.level, b.level);
  const x = a.features[level].data;
  const y = b.features[level].data;
  return a.label === b.label && norm(x.map((v, i) => v - y[i])) <= tolerance * norm(x);
}

/** Least squares one layer down, for all samples that are not known there yet. */
function walk(state: State, layer: number): boolean {
  const { model, left, samples, systems } = state;
  const open = samples.filter((s) => s.level === layer + 1);
  if (open.length === 0) return false;
  const { features, rank, condition } = stepDown(model, left, layer, open);
  systems.push({ layer, rank, condition });
  let news = false;
  features.forEach((f, m) => {
    const sample = open[m];
    if (!f) return;
    // the features below must give those above: wrong deltas of any sample show here
    const tolerance = Math.min(Math.max(1e-8, 1e4 * left.noise) * condition, 1e-3);
    const loss = (sample.deltas.at(-1) as DenseMatrix).data;
    const pass = forward(model, matrix(1, f.length, f), layer);
    const lowered = knownFrom(model, layer, pass.features, loss, sample.weight);
    if (same(sample, lowered, tolerance)) news = add(state, lowered) || news;
  });
  return news;
}
