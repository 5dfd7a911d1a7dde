import { leastSquares } from '../../math/leastSquares';
import { dot, fromRows, isNear, matrix, row, transpose, withOnes } from '../../math/matrix';
import { nullVector } from '../../math/nullVector';
import { pivotedQr } from '../../math/pivotedQr';
import { affine } from '../../model/layers/dense';
import type { AveragedGradient, DenseMatrix, Mlp } from '../../types';
import type { Budget } from '../budget';
import { disaggregate, labelsOf } from '../sparse/disaggregate';
import { type LayerFactor, layerFactor } from '../sparse/layerFactor';

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

/** See {@link patternTest}. */
export interface PatternTest {
  /** M, the rank */
  readonly samples: number;
  readonly fit: (input: Float64Array) => PatternFit;
  /** the batch that M inputs come to when each is held against its own silent neurons; null where they come to none */
  readonly settle: (inputs: DenseMatrix) => SettledBatch | null;
}

/** Zeros beyond the M - 1 that some direction always has. */
const surplus = 8;

/**
 * A test of one input that asks nothing of loss, labels, clipping or weights of samples: layer 0's gradient is the sum of each
 * sample's deltas times [x, 1], so its column space holds each sample's deltas, and these are zero wherever the sample leaves a neuron
 * silent. Of M directions some always vanishes on M - 1 neurons; for an input that is no sample none vanishes on many more.
 *
 * It says that a sample with this pattern is in the batch, not how many digits of the input are right.
 *
 * @returns null where layer 0 shows no rank below its live neurons, so that nothing can be tested, or the time is over
 */
export async function patternTest(model: Mlp, gradient: AveragedGradient, budget: Budget): Promise<PatternTest | null> {
  const factor = await layerFactor('patternTest', model, gradient, budget);
  if ('reason' in factor || factor.rank + surplus >= factor.live.length) return null;
  const fit = (input: Float64Array): PatternFit => fitOf(model, factor, input);
  return { samples: factor.rank, fit, settle: (inputs) => settled(model, factor, inputs, fit) };
}

/** A whole batch that says the same of itself in two ways. */
export interface SettledBatch {
  /** M x d0 */
  readonly inputs: DenseMatrix;
  readonly labels: Int32Array;
}

/** Rounds in which false directions are replaced. */
const rounds = 4;
/** Relative change of an input below which it stays. */
const stays = 1e-4;

/**
 * A false direction spoils the input of another sample, whose own direction is right. So each input's own direction, the one that vanishes on
 * the neurons it leaves silent, takes the place of that which it was read with, and the inputs are read again, until they stay. Where a second
 * direction vanishes there too (dropout makes such), a sum of both would do as well, and nothing says which it is.
 */
function settled(
  model: Mlp,
  factor: LayerFactor,
  first: DenseMatrix,
  fit: (input: Float64Array) => PatternFit,
): SettledBatch | null {
  if (first.rows !== factor.rank) return null;
  let inputs = first;
  for (let round = 0; round < rounds; round++) {
    // [X, 1] = Q^-T C, so the directions are those that give C back
    const used = leastSquares(transpose(withOnes(inputs)), transpose(factor.c)).solution;
    const fits = Array.from({ length: inputs.rows }, (_, m) => fit(row(inputs, m)));
    const directions = fits.map(({ fits: own, direction }, m) => (own ? direction : row(used, m)));
    const next = disaggregate(model, factor, directions, zeroOf(factor));
    if (!next) return null;
    const same = fits.every(({ fits: own }, m) => own && isNear(row(inputs, m), row(next.inputs, m), stays));
    if (same) {
      const only = fits.every((_, m) => isOnly(factor, silentOf(model, factor, row(inputs, m))));
      return only ? { inputs: next.inputs, labels: labelsOf(model, factor, next) } : null;
    }
    inputs = next.inputs;
  }
  return null;
}

/** An entry of U q below it is zero, for |q| = 1. */
function zeroOf({ left, noise }: LayerFactor): number {
  return Math.max(1e-9 / Math.sqrt(left.rows), 30 * noise);
}

/** Places of the live neurons that an input leaves silent. */
function silentOf(model: Mlp, { live }: LayerFactor, input: Float64Array): number[] {
  const z = affine(model.dense[0], matrix(1, input.length, input)).data;
  return live.flatMap((j, k) => ((z[j] ?? 0) > 0 ? [] : [k]));
}

/** Whether no more than one direction vanishes on these neurons, to ten times what counts as zero. */
function isOnly(factor: LayerFactor, silent: readonly number[]): boolean {
  const rows = fromRows(silent.map((k) => row(factor.left, k)));
  return pivotedQr(rows, Math.max(1e-6, 10 * zeroOf(factor))).rank >= factor.rank - 1;
}

function fitOf(model: Mlp, factor: LayerFactor, input: Float64Array): PatternFit {
  const { left, live, rank } = factor;
  const silent = silentOf(model, factor, input);
  const none = { silent: silent.length, zeros: 0, fits: false, idle: 0, direction: new Float64Array(rank) };
  if (silent.length < rank - 1 + surplus) return none;
  const start = new Float64Array(rank).fill(1 / Math.sqrt(rank));
  const q = nullVector(left, silent, start)?.vector;
  if (!q) return none;
  const zero = zeroOf(factor);
  const isZero = (k: number): boolean => Math.abs(dot(row(left, k), q)) <= zero;
  const zeros = silent.filter(isZero).length;
  const idle = live.filter((_, k) => isZero(k)).length - zeros;
  return { silent: silent.length, zeros, fits: zeros === silent.length, idle, direction: q };
}
