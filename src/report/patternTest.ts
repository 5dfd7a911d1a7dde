import type { Budget } from '../baselines/budget';
import { type LayerFactor, layerFactor } from '../baselines/sparse/layerFactor';
import { dot, matrix, row } from '../math/matrix';
import { nullVector } from '../math/nullVector';
import { affine } from '../model/layers/dense';
import type { AveragedGradient, Mlp } from '../types';

/** How well an input goes with the silent neurons of the gradient. */
export interface PatternFit {
  /** neurons of layer 0 that the input leaves silent, and the batch does not */
  readonly silent: number;
  /** those of them on which some direction of the gradient is zero to its noise: the best there is */
  readonly zeros: number;
  /** true where that is all of them, and more than chance gives */
  readonly fits: boolean;
  /** neurons that the input fires, and on which the direction is zero all the same: dropout makes such, and false directions do */
  readonly idle: number;
  /** the direction, of length M; two inputs with the same one are the same sample */
  readonly direction: Float64Array;
}

/** Zeros beyond the M - 1 that some direction always has. */
const surplus = 3;

/**
 * A test of one input that asks nothing of loss, labels, clipping or weights of samples: layer 0's gradient is the sum of each
 * sample's deltas times [x, 1], so its column space holds each sample's deltas, and these are zero wherever the sample leaves a neuron
 * silent. Of M directions some always vanishes on M - 1 neurons; for an input that is no sample none vanishes on many more.
 *
 * It says that a sample with this pattern is in the batch, not how many digits of the input are right.
 *
 * @returns null where layer 0 shows no rank below its live neurons, so that nothing can be tested, or the time is over
 */
export async function patternTest(
  model: Mlp,
  gradient: AveragedGradient,
  budget: Budget,
): Promise<{ readonly samples: number; readonly fit: (input: Float64Array) => PatternFit } | null> {
  const factor = await layerFactor('patternTest', model, gradient, budget);
  if ('reason' in factor || factor.rank + surplus >= factor.live.length) return null;
  return { samples: factor.rank, fit: (input) => fitOf(model, factor, input) };
}

function fitOf(model: Mlp, { left, live, rank, noise }: LayerFactor, input: Float64Array): PatternFit {
  const z = affine(model.dense[0], matrix(1, input.length, input)).data;
  const silent = live.flatMap((j, k) => ((z[j] ?? 0) > 0 ? [] : [k]));
  const none = { silent: silent.length, zeros: 0, fits: false, idle: 0, direction: new Float64Array(rank) };
  if (silent.length < rank - 1 + surplus) return none;
  const start = new Float64Array(rank).fill(1 / Math.sqrt(rank));
  const q = nullVector(left, silent, start)?.vector;
  if (!q) return none;
  const zero = Math.max(1e-9 / Math.sqrt(left.rows), 30 * noise);
  const isZero = (k: number): boolean => Math.abs(dot(row(left, k), q)) <= zero;
  const zeros = silent.filter(isZero).length;
  const idle = live.filter((_, k) => isZero(k)).length - zeros;
  return { silent: silent.length, zeros, fits: zeros === silent.length, idle, direction: q };
}
