import { batchSizes } from '../../gradient/localUpdate';
import { stepWeights } from '../../gradient/stepWeights';
import { sum } from '../../math/matrix';
import type { LocalTraining, ToldTraining } from '../../types';
import { equalSamples, samplesOf } from './equalSamples';
import { type FirstStep, firstStep } from './firstStep';
import { fitRate } from './fitRate';
import type { ShownDeltas } from './shownDeltas';

/** A training that may have been, and how often each sample stands in the batch. */
export interface Presumption {
  readonly training: LocalTraining;
  readonly copies: readonly number[];
}

/** Numbers of steps that are common, the likeliest first. */
const common = [5, 1, 10, 2, 3, 20, 4, 8];
/** Steps more or less than what is common, or than the rate told asks for, up to which more are tried. */
const farthest = 8;
/** Numbers of samples that are tried where mini-batches tell it but for the last of them. */
const mostSizes = 16;
/** Groups of neurons that agree on a first step which are tried before anything else. */
const mostSeen = 3;
/** Trainings that are tried with each number of equal samples. */
const mostTried = 200;
/** Steps beyond which nothing is tried. */
const longest = 30;
/** Largest mini-batch that is tried unless it is told. */
const largestBatch = 64;
/** By how much a guess of all steps together, from the networks before and after, may be off. */
const rough = 0.2;

/**
 * Trainings that what is told leaves open, the likeliest first, some of them twice; null where there was some work, and whoever takes them
 * may look at the time.
 *
 * @param least neurons that must agree on the first step
 */
export function* presumptions(told: ToldTraining, shown: ShownDeltas, least: number): Generator<Presumption | null> {
  const { rate, epochs, batchSize, momentum = 0 } = told;
  const fixed = rate !== undefined && epochs !== undefined;
  const heavy = momentum > 0 ? { momentum } : {};
  const seen = fixed && batchSize !== 'unknown' ? [] : firstStep(shown, least);
  for (const copies of equalSamples(shown.weights, batchesOf(told, shown.weights))) {
    const samples = samplesOf(copies).length;
    const all: Open = { told, shown, seen, copies, size: batchSize ?? (epochs === undefined ? 'unknown' : samples) };
    let left = mostTried;
    for (const training of fixed && all.size !== 'unknown' ? [{ rate, epochs }] : inferred(all, samples)) {
      if (training && --left < 0) break;
      // what is told stays as it is told
      const stated = typeof batchSize === 'number' ? { batchSize } : {};
      yield training && { training: { ...training, ...stated, ...heavy }, copies };
    }
  }
}

/** Samples of the batch where all is told: every step counts for the rate, however large its mini-batch is. */
function batchesOf({ rate, epochs, batchSize, momentum = 0 }: ToldTraining, weights: Float64Array): number[] {
  if (rate === undefined || epochs === undefined || typeof batchSize !== 'number' || momentum > 0) return [];
  const batches = Math.round(sum(weights) / rate / epochs);
  const all = Array.from({ length: batchSize }, (_, k) => batches * batchSize - k);
  return all.filter((size) => size > weights.length && size > batchSize).slice(0, mostSizes);
}

interface Open {
  readonly told: ToldTraining;
  readonly shown: ShownDeltas;
  readonly seen: readonly FirstStep[];
  readonly copies: readonly number[];
  readonly size: number | 'unknown';
}

/** First what the first step shows by itself, then the whole batch at a rate that fits, then all that agrees with the first step. */
function* inferred(all: Open, samples: number): Generator<LocalTraining | null> {
  const { seen, size } = all;
  const whole = size === 'unknown' || size >= samples;
  const parts = size === 'unknown' || size < samples;
  for (const step of seen.slice(0, mostSeen)) {
    if (whole) for (const { batchSize: _, ...t } of ofSize(all, step, samples, samples, 1)) yield t;
    if (parts) yield* ofSize(all, step, samples, sizesOf(step, samples, size)[0], 1);
  }
  if (whole) yield* wholeBatch(all);
  for (const step of [...seen, null]) {
    if (whole && step) for (const { batchSize: _, ...t } of ofSize(all, step, samples, samples, 2)) yield t;
    if (parts) for (const own of sizesOf(step, samples, size)) yield* ofSize(all, step, samples, own, 2);
  }
}

/** Every step on all samples: the number of steps that leaves least once its rate is fitted, and its neighbours. */
function* wholeBatch({ told, shown, copies }: Open): Generator<LocalTraining | null> {
  const { rate, epochs, momentum = 0 } = told;
  const part = samplesOf(copies);
  const moved = sum(shown.weights);
  const tried = new Map<number, { rate: number; misfit: number }>();
  const attempt = (steps: number): void => {
    if (tried.has(steps) || steps < 1 || steps > longest) return;
    const guess = moved / sum(stepWeights(steps, momentum));
    const parts = new Array<readonly number[]>(steps).fill(part);
    const fit = fitRate(shown, parts, { rate: rate ?? guess, momentum }, rate === undefined ? 4 : 1);
    tried.set(steps, rate === undefined ? fit : { rate, misfit: fit.misfit });
  };
  const best = (): number => [...tried].reduce((a, b) => (b[1].misfit < a[1].misfit ? b : a))[0];
  const near = rate === undefined ? common : [stepsOf(moved / rate, momentum)];
  for (const steps of epochs === undefined ? near : [epochs]) {
    attempt(steps);
    yield null;
  }
  for (let at = 0, moves = 0; epochs === undefined && at !== best() && moves < farthest; moves++) {
    at = best();
    for (const steps of [at - 1, at + 1]) {
      attempt(steps);
      yield null;
    }
  }
  const at = best();
  const sorted = [...tried].sort((a, b) => Math.abs(a[0] - at) - Math.abs(b[0] - at)).slice(0, 3);
  for (const [steps, fit] of sorted) yield { rate: fit.rate, epochs: steps };
}

/** Steps that count for as much together. */
function stepsOf(total: number, momentum: number): number {
  let steps = 1;
  while (steps < longest && sum(stepWeights(steps + 1, momentum)) <= total + 0.5) steps++;
  return steps;
}

/**
 * Trainings with mini-batches of one size: the first step says what the rate is over it, all steps together how many epochs there were.
 *
 * @param most numbers of epochs
 */
function* ofSize(
  { told: { rate, epochs, momentum = 0 }, shown: { weights } }: Open,
  step: FirstStep | null,
  samples: number,
  size: number,
  most: number,
): Generator<LocalTraining> {
  const usual = sum(weights) / samples;
  const steps = batchSizes(samples, size).length;
  const countsOf = (passes: number): { first: number; all: number } => {
    const counts = stepWeights(passes * steps, momentum);
    // every step counts for as much, however large its mini-batch is
    return { first: counts[0] / size, all: sum(counts) / samples };
  };
  const rateOf = ({ first, all }: { first: number; all: number }): number =>
    rate ?? (step ? step.each / first : usual / all);
  /** how far all steps together are from what they need */
  const gap = (passes: number): number => {
    const counts = countsOf(passes);
    return Math.abs(Math.log((rateOf(counts) * counts.all) / usual));
  };
  const open = step || rate !== undefined;
  const all = Array.from({ length: Math.max(1, Math.floor(longest / steps)) }, (_, k) => k + 1);
  const likely = open ? all.sort((a, b) => gap(a) - gap(b)).slice(0, most) : all.filter((k) => common.includes(k));
  for (const own of epochs === undefined ? likely : [epochs]) {
    const counts = countsOf(own);
    const rates = open ? [rateOf(counts)] : ordinary(usual / counts.all);
    for (const r of rates) {
      const agrees = !step || Math.abs((r * counts.first) / step.each - 1) < 1e-2;
      if (agrees && gap(own) < 2 * rough) yield { rate: r, epochs: own, batchSize: size };
    }
  }
}

/** The size told, or all below the whole batch: as many samples as the first step shows, then powers of two, larger ones first. */
function sizesOf(step: FirstStep | null, samples: number, told: number | 'unknown'): number[] {
  if (told !== 'unknown') return [told];
  const seen = step?.samples ?? 1;
  const all = Array.from({ length: Math.min(largestBatch, samples - 1) }, (_, k) => k + 1);
  const order = (b: number): number => (b === seen ? 0 : (b < seen ? 3 : 1) + (Number.isInteger(Math.log2(b)) ? 0 : 1));
  return all.sort((a, b) => order(a) - order(b) || a - b);
}

/** Rates that people choose, near one that is roughly right. */
function ordinary(rate: number): number[] {
  const power = 10 ** Math.floor(Math.log10(rate));
  const all = [1, 2, 5, 10, 3, 1.5, 2.5, 4, 6, 7, 8, 9].map((k) => Number((k * power).toPrecision(2)));
  return all.filter((short) => Math.abs(Math.log(short / rate)) < rough);
}
