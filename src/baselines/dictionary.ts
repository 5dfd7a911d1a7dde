import { check } from '../check';
import { row } from '../math/matrix';
import { normal, type Rng, rng } from '../math/rng';
import type { AveragedGradient, Mlp } from '../types';
import { budgetOf } from './budget';
import type { Estimate, RivalOptions } from './estimate';
import { handOver } from './handOver';
import { collect } from './sparse/collect';
import { columnPool } from './sparse/columnPool';
import { type LayerFactor, layerFactor } from './sparse/layerFactor';
import { settle } from './sparse/settle';

/** Options of {@link dictionary}. */
export interface DictionaryOptions extends RivalOptions {
  /** of the random starts. @default 0 */
  readonly seed?: number;
}

/** Starts without a new direction after which no more is tried. */
const patience = 3000;
/**
 * Widths of the measure of sparsity at which starts settle, in turn, in units of the root mean square entry: the narrower, the more
 * directions hold a start, false ones too.
 */
const widths = [1, 1, 0.5, 1, 1, 0.1];

/**
 * Generic dictionary learning on layer 0, as SPEAR++ does it (Bakarsky, Dimitrov, Baader & Vechev 2025, arXiv 2510.24200): the columns
 * of the deltas are the sparsest vectors U q in the range of the gradient's left factor, found by minimising a measure of sparsity
 * over the sphere |q| = 1 from many starts, instead of by SPEAR's exponential sampling. Filter and selection are those of {@link spear}.
 *
 * Of the paper only the idea was at hand. Ours is the solver: reweighted least squares for a measure that hardly counts large entries,
 * the sum of -(1 + (U q)_j² / t²)^-2, from rows of U and from random directions, t falling once it has settled. (Alternating directions
 * with an l1 term, Qu, Sun & Wright 2014, hit half as often at 16 samples and hardly ever at 32.) It uses neither the head nor the
 * structure of loss vectors, so it ends at far fewer samples than `reconstruct`.
 *
 * @returns M x d0 with labels, or no rows where fewer than M directions were found or the rank shows no M
 * @throws InputError when the gradient does not fit the model, layer 0 has no biases, or an option is not understood
 * @example
 * (await baselines.dictionary(model, gradient)).inputs.rows;  // => 8
 */
export async function dictionary(
  model: Mlp,
  gradient: AveragedGradient,
  options: DictionaryOptions = {},
): Promise<Estimate> {
  const start = performance.now();
  const { seed = 0 } = options;
  check(Number.isInteger(seed), () => `dictionary: seed is ${seed}, expected an integer`);
  const budget = budgetOf('dictionary', options);
  const common = { width: model.widths[0], attack: 'dictionary learning', start };
  const factor = await layerFactor('dictionary', model, gradient, budget);
  if ('reason' in factor) return handOver({ ...common, ...factor });
  const uniform = rng(seed);
  let turn = 0;
  const propose = (): Float64Array => {
    const width = widths[(turn >> 1) % widths.length];
    return settle(factor, startFor(factor, uniform, turn++), width);
  };
  const source = { propose, piece: 1, most: Number.POSITIVE_INFINITY, patience, name: 'starts' };
  return handOver({ ...common, ...(await collect(model, factor, columnPool(model, factor), source, budget)) });
}

/** A row of U every other time, which leans to the samples that are active there, else a random direction. */
function startFor({ left, rank }: LayerFactor, uniform: Rng, turn: number): Float64Array {
  if (turn % 2 === 0) return row(left, Math.floor(uniform() * left.rows));
  return Float64Array.from({ length: rank }, () => normal(uniform));
}
