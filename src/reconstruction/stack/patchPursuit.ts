import { gemm32 } from '../../math/gemm';
import { largest } from '../../math/matrix';
import { quantile } from '../../math/quantile';
import { rectified } from '../../model/layers/relu';
import type { DenseMatrix } from '../../types';
import type { Limit, Working } from '../working';
import { carefulChoices } from './carefulChoices';
import type { ConvGradient } from './convGradient';
import { readDeltas } from './misread';
import { convolved, deviation, evenly } from './pooledValues';
import { chosen, unpooled, type Windows } from './pooling';
import { type Below, misfitsOf, roughlyBelow, solveBelow } from './solveBelow';

/** What is known above a convolution whose ReLU is followed by max pooling. */
export interface Pooled {
  readonly conv: ConvGradient;
  readonly windows: Windows;
  /** pooled values and their deltas, by position (pooled x out); deltas are zero where the value is */
  readonly values: DenseMatrix;
  readonly deltas: DenseMatrix;
  /** relative noise of the values */
  readonly noise: number;
  /** whether what enters the convolution cannot be negative */
  readonly positive: boolean;
}

/** The winners of all windows and what they make of the layer below. */
export interface Patches extends Below {
  /** deltas at what leaves the convolution (leaving x out) */
  readonly deltas: DenseMatrix;
  readonly rounds: number;
}

/** Rounds in which the choices sharpen. */
const soft = 8;
/** Rounds in which hard choices settle among all filters; rounds at most; rounds without a change after which they stand. */
const [settling, most, still] = [2, 60, 2];
/** Rounds without a better misfit of the median filter after which hard choices lead nowhere. */
const patience = 6;
/** Misfit of the median filter up to which choices are right, and the same in units of the noise. */
const [fits, fitsNoise] = [1e-4, 1e3];
/** Equations for each unknown from which careful choices have been seen to succeed; with fewer they cost much and end in the same place. */
const plenty = 3;
/** Share of the filters, the best explained ones, that say what is below once the choices are hard. */
const believed = 0.4;

/**
 * Patch pursuit: which of a window's positions won is hidden. In turns, what is below by least squares with soft choices, and the
 * choices by what the gradient of each filter and its forward pass say of it there; both know the pooled value and delta. Once choices
 * are hard, only the filters that fit best say what is below, so that wrong ones elsewhere do no harm. Where that ends in a misfit, as
 * where neighbouring patches are nearly alike, choices are weighed as probabilities and sharpen as fast as values are explained.
 *
 * @returns null when the filters are too few, the system is singular, or time is up
 */
export function* patchPursuit(pooled: Pooled, limit: Limit): Working<Patches | null> {
  const middle = ({ misfits }: Patches): number => quantile(misfits, 0.5);
  const quick = yield* quickly(pooled, limit);
  if (quick && fitting(pooled, quick.misfits)) return quick;
  if (equationsOf(pooled.conv) < plenty * pooled.conv.taps.entering) return quick;
  const choices = yield* carefulChoices(pooled, limit);
  const careful = choices && (yield* settled(pooled, choices.choice, choices.rounds, limit));
  return careful && (!quick || middle(careful) < middle(quick)) ? careful : quick;
}

function* quickly(pooled: Pooled, limit: Limit): Working<Patches | null> {
  const { conv, windows, deltas, values, noise } = pooled;
  const spreadOfValues = deviation(values);
  const large = 1e-3 * largest(deltas.data);
  let choice = evenly(windows, deltas.columns);
  let kept: readonly number[] | undefined;
  let [last, unchanged, round]: [Float64Array | null, number, number] = [null, 0, 0];
  let [least, stalled] = [Number.POSITIVE_INFINITY, 0];
  for (; round < most && unchanged < still && stalled < patience; round++) {
    if (yield* limit.breathe()) return null;
    const delta = unpooled(windows, deltas, choice);
    const below = roughlyBelow(conv, delta, kept, gemm32);
    if (!below) return null;
    const scores = scoresOf(pooled, below.values, spreadOfValues);
    if (!scores) return null;
    const hard = chosen(windows, scores, Number.POSITIVE_INFINITY);
    choice = round >= soft ? hard : chosen(windows, scores, (6 * (round + 1)) / soft);
    const same = last !== null && sameChoice(pooled, last, hard.data, large);
    if (round <= soft + settling) {
      // where equations are many, choices are right long before they are hard
      if (same && explains(pooled, hard)) return yield* settled(pooled, hard, round + 1, limit);
    } else {
      const misfits = misfitsOf(conv, below.values, delta, gemm32);
      const middle = quantile(misfits, 0.5);
      stalled = middle < 0.95 * least ? 0 : stalled + 1;
      least = Math.min(least, middle);
      kept = quantile(misfits, 1) > 30 * noise ? best(misfits, Math.max(believed, leastOf(conv))) : undefined;
      unchanged = same ? unchanged + 1 : 0;
    }
    last = hard.data;
  }
  return yield* settled(pooled, choice, round, limit);
}

/** Whether hard choices leave the median filter as small a misfit as right ones do. */
function explains(pooled: Pooled, hard: DenseMatrix): boolean {
  const delta = unpooled(pooled.windows, pooled.deltas, hard);
  const below = roughlyBelow(pooled.conv, delta, undefined, gemm32);
  return below !== null && fitting(pooled, misfitsOf(pooled.conv, below.values, delta, gemm32));
}

function fitting({ noise }: Pooled, misfits: Float64Array): boolean {
  return quantile(misfits, 0.5) <= Math.max(fits, fitsNoise * noise);
}

/** The last word: choices by the forward pass, filters that agree, in float64. */
function* settled(pooled: Pooled, first: DenseMatrix, rounds: number, limit: Limit): Working<Patches | null> {
  const { conv, windows, deltas } = pooled;
  let delta = unpooled(windows, deltas, first);
  let below = solveBelow(conv, delta);
  for (let turn = 0; turn < turns && below; turn++) {
    if (yield* limit.breathe()) return null;
    const next = unpooled(windows, deltas, chosen(windows, forward(pooled, below.values), Number.POSITIVE_INFINITY));
    if (turn > 0 && next.data.every((v, k) => v === delta.data[k])) break;
    delta = next;
    const all = solveBelow(conv, delta);
    if (!all) return null;
    const kept = agreeing(pooled, all.misfits);
    below = kept.length === all.misfits.length ? all : solveBelow(conv, delta, kept);
  }
  return below && { ...below, deltas: delta, rounds };
}

/** Share of the filters whose equations the unknowns need, with some to spare. */
function leastOf(conv: ConvGradient): number {
  return Math.min(1, (1.3 * conv.taps.entering) / equationsOf(conv));
}

/** For each channel below. */
function equationsOf({ taps, filters }: ConvGradient): number {
  return taps.seen.length * filters.length;
}

/** Turns of the last word at most. */
const turns = 5;

/** Filters whose misfit is small, as many as the unknowns need at least. */
function agreeing({ conv, noise }: Pooled, misfits: Float64Array): number[] {
  const good = Math.max(
    30 * noise,
    quantile(misfits, Math.max(believed, leastOf(conv))),
    Math.min(3 * quantile(misfits, 0.5), 1e-3),
  );
  return [...misfits.keys()].filter((o) => misfits[o] <= good);
}

/** What speaks for each position of a window: its delta as the gradient shows it, and its value as the forward pass has it. */
function scoresOf(pooled: Pooled, values: DenseMatrix, spreadOfValues: number): DenseMatrix | null {
  const { conv, windows, deltas, positive } = pooled;
  const x = positive ? rectified(values) : values;
  const z = convolved(conv, x, gemm32);
  const seen = readDeltas(conv, x, gemm32);
  if (!seen) return null;
  const expected = unpooled(windows, deltas);
  const value = unpooled(windows, pooled.values);
  const data = z.data.map((v, k) => {
    const delta = expected.data[k];
    const share = delta === 0 ? 0 : Math.max(-1, Math.min(2, seen.data[k] / delta));
    return share - Math.abs(v - value.data[k]) / spreadOfValues;
  });
  return { ...z, data };
}

function forward({ conv, positive }: Pooled, values: DenseMatrix): DenseMatrix {
  return convolved(conv, positive ? rectified(values) : values);
}

function best(misfits: Float64Array, fraction: number): number[] {
  const limit = quantile(misfits, fraction);
  return [...misfits.keys()].filter((o) => misfits[o] <= limit);
}

function sameChoice({ windows, deltas }: Pooled, a: Float64Array, b: Float64Array, large: number): boolean {
  const { columns } = deltas;
  return windows.members.every((window, w) => {
    for (let c = 0; c < columns; c++)
      if (Math.abs(deltas.data[w * columns + c]) > large)
        for (const q of window) if (a[q * columns + c] !== b[q * columns + c]) return false;
    return true;
  });
}
