import { type ArithmeticNoise, roundingProfile } from '../../gradient/arithmeticNoise';
import { flattenGradient, gradientDifference, unflattenGradient } from '../../gradient/gradientDifference';
import { gradientJacobian } from '../../gradient/gradientJacobian';
import { type GradientState, gradientAt, gradientState } from '../../gradient/gradientState';
import { lossBlocks } from '../../gradient/lossBlocks';
import { backwardSolve, forwardSolve } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { leastSquares } from '../../math/leastSquares';
import { type LinearMap, lsmr } from '../../math/lsmr';
import { axpy, column, dot, matrix, norm, row, transpose } from '../../math/matrix';
import { orthonormalRows } from '../../math/orthonormalRows';
import { normal, rng } from '../../math/rng';
import type { AffineLayer, DenseMatrix, Mlp } from '../../types';
import { type Compressed, compress, coordinatesOf, featuresOf, withOnes } from './compress';

/** A batch that nearly gives a gradient, from some layer up. */
export interface FitProblem {
  /** the network whose inputs are sought: all of it, or the layers from the one up that the samples are known to enter */
  readonly model: Mlp;
  readonly gradient: readonly AffineLayer[];
  readonly labels: Int32Array;
  /** each sample's weight in the gradient: copies / M */
  readonly shares: Float64Array;
  /** held fixed where given. @default those of the forward pass */
  readonly patterns?: readonly (DenseMatrix | undefined)[];
  readonly noise: ArithmeticNoise;
}

/**
 * Gauss-Newton on the gradient with the patterns held fixed (SPEC 6): takes inputs from the accuracy of one linear solve to the noise
 * floor. The unknowns are the samples' coordinates in the row space of the lowest layer, and the loss vectors' own errors; every row
 * counts by its noise. Steps are preconditioned by the deltas' triangular factor, so that LSMR needs few products; a step is kept only
 * when it helps.
 *
 * @param guess M x d
 * @param enough asked after every step that helped
 * @returns the refined inputs; the given ones when no step helps
 */
export function refine(problem: FitProblem, guess: DenseMatrix, enough: (inputs: DenseMatrix) => boolean): DenseMatrix {
  const fit = compressed(problem, guess);
  let now = evaluate(fit, coordinatesOf(fit, guess), noSlack(fit));
  let inputs = guess;
  for (let step = 1; step <= 6; step++) {
    const linear = linearised(fit, now);
    // the first step comes near in few products; what confident samples leave takes many
    const move = linear?.split(lsmr(linear.map, now.rest, 60 * step, 1e-7));
    const next = move && along(fit, now, move);
    if (!next) break;
    now = next;
    inputs = featuresOf(fit, now.inputs);
    if (enough(inputs)) break;
  }
  return inputs;
}

/** The best point along a step, or null when none helps. */
function along(fit: Fit, now: Evaluated, move: { inputs: DenseMatrix; losses: DenseMatrix }): Evaluated | null {
  for (const length of [1, 0.5, 0.25, 0.1]) {
    const next = evaluate(fit, plus(now.inputs, move.inputs, length), plus(now.slack, move.losses, length));
    if (next.size < 0.98 * now.size) return next;
  }
  return null;
}

/**
 * Error bars of a refined batch: what noise of the expected size does to it, to first order. Within the row space it is drawn, twice;
 * outside of it only the linear solve counts.
 *
 * @returns root mean square error of each sample's entries; infinite where the deltas are dependent
 */
export function spread(problem: FitProblem, inputs: DenseMatrix): Float64Array {
  const fit = compressed(problem, inputs);
  const now = evaluate(fit, coordinatesOf(fit, inputs), noSlack(fit));
  const linear = linearised(fit, now);
  if (!linear) return new Float64Array(inputs.rows).fill(Number.POSITIVE_INFINITY);
  const uniform = rng(inputs.rows);
  const draws = 2;
  const squares = linear.outside.map((v) => v * Math.max(0, inputs.columns - fit.v.rows));
  for (let n = 0; n < draws; n++) {
    const { inputs: moved } = linear.split(
      lsmr(
        linear.map,
        now.rest.map(() => normal(uniform)),
        25,
        1e-2,
      ),
    );
    for (let m = 0; m < moved.rows; m++) squares[m] += norm(row(moved, m)) ** 2 / draws;
  }
  return squares.map((v) => Math.sqrt(v / inputs.columns));
}

interface Fit extends FitProblem, Compressed {}

/** The problem in coordinates of the guess's row space: what lies outside is a linear solve's already. */
function compressed(problem: FitProblem, guess: DenseMatrix): Fit {
  const { q } = orthonormalRows(withOnes(guess, problem.model.dense[0].bias !== undefined));
  const profile = roundingProfile(withOnes(guess, problem.model.dense[0].bias !== undefined));
  const [lowest, ...above] = problem.noise.weight;
  const weight = [lowest.map((v) => v * meanOn(q, profile)), ...above];
  return { ...problem, ...compress(problem.model, problem.gradient, q), noise: { ...problem.noise, weight } };
}

/** Mean of a profile over the entries, as far as orthonormal rows lie on them. */
function meanOn(q: DenseMatrix, profile: Float64Array): number {
  const sum = q.data.reduce((total, v, k) => total + v * v * profile[k % q.columns], 0);
  return sum > 0 ? sum / q.rows : 1;
}

function noSlack({ noise }: Fit): DenseMatrix {
  return matrix(noise.losses.rows, noise.losses.columns);
}

interface Evaluated {
  readonly inputs: DenseMatrix;
  readonly slack: DenseMatrix;
  readonly state: GradientState;
  /** weighed: shared minus replayed gradient, then minus the slack */
  readonly rest: Float64Array;
  readonly size: number;
}

function evaluate(fit: Fit, inputs: DenseMatrix, slack: DenseMatrix): Evaluated {
  const { model, gradient, labels, shares, patterns, noise } = fit;
  const state = gradientState(model, { inputs, labels }, { shares, slack, ...(patterns && { patterns }) });
  const gap = flattenGradient(weighed(gradientDifference(gradient, gradientAt(model, state)), noise));
  const rest = joined(
    gap,
    slack.data.map((e, k) => -overShare(fit, e, k)),
  );
  return { inputs, slack, state, rest, size: norm(rest) };
}

/** A loss vector's error over its deviation. */
function overShare({ noise, shares }: Fit, e: number, k: number): number {
  const deviation = noise.losses.data[k] / shares[Math.floor(k / noise.losses.columns)];
  return deviation > 0 ? e / deviation : 0;
}

interface Linearised {
  readonly map: LinearMap;
  /** variance of an entry of each sample outside of the row space */
  readonly outside: Float64Array;
  split(x: Float64Array): { inputs: DenseMatrix; losses: DenseMatrix };
}

/** The weighed Jacobian in unknowns that make it well conditioned; null where the deltas are dependent. */
function linearised(fit: Fit, { state, inputs }: Evaluated): Linearised | null {
  const { model, gradient, noise, shares } = fit;
  const last = lastEntry(fit);
  const { l } = orthonormalRows(overColumns(state.deltas[0], noise.weight[0]));
  const back = inverseTransposed(l);
  if (!back) return null;
  const jacobian = gradientJacobian(
    model,
    state,
    noise.weight.map((rows) => rows.map((v) => over(1, v))),
  );
  const cut = inputs.data.length;
  const K = noise.losses.columns;
  const deviations = noise.losses.data.map((s, k) => s / shares[Math.floor(k / K)]);
  const precision = noise.weight.map((rows) => rows.map((v) => (v > 0 ? 1 / v : 0)));
  const blocks = lossBlocks(model, state.features, state.patterns, noise.losses, precision);
  /** a loss vector's errors in units of their deviation, from unknowns of which each shows alike */
  const units = (x: Float64Array): Float64Array => solveBlocks(blocks, x.slice(cut), K, 'transposed');
  const split = (x: Float64Array): { inputs: DenseMatrix; losses: DenseMatrix } => ({
    inputs: onPlane(gemm(back, matrix(inputs.rows, inputs.columns, x.subarray(0, cut))), last),
    losses: matrix(
      inputs.rows,
      K,
      units(x).map((t, k) => t * deviations[k]),
    ),
  });
  const map: LinearMap = {
    times: (x) => joined(flattenGradient(jacobian.times(split(x))), units(x)),
    transposedTimes: (y) => {
      const end = y.length - deviations.length;
      const asked = jacobian.transposedTimes(unflattenGradient(y.subarray(0, end), gradient));
      const slack = asked.losses.data.map((v, k) => v * deviations[k] + y[end + k]);
      return joined(gemm(back, onPlane(asked.inputs, last), { a: true }).data, solveBlocks(blocks, slack, K, 'plain'));
    },
  };
  const outside = Float64Array.from({ length: back.rows }, (_, m) => norm(row(back, m)) ** 2);
  return { map, outside, split };
}

/** Unit direction of the coordinates that decides the last entry of [x, 1]; null without biases. */
function lastEntry({ v, biased }: Compressed): Float64Array | null {
  if (!biased) return null;
  const last = column(v, v.columns - 1);
  const size = norm(last);
  return last.map((x) => x / size);
}

/** Takes the part along a direction off every row, in place: moves that would change the last entry, which is 1. */
function onPlane(a: DenseMatrix, direction: Float64Array | null): DenseMatrix {
  if (direction) for (let m = 0; m < a.rows; m++) axpy(-dot(row(a, m), direction), direction, row(a, m));
  return a;
}

/** L^-T x or L^-1 x, one block of K after the other, in place. */
function solveBlocks(
  blocks: readonly (DenseMatrix | null)[],
  x: Float64Array,
  K: number,
  how: 'plain' | 'transposed',
): Float64Array {
  blocks.forEach((l, m) => {
    if (l) (how === 'plain' ? forwardSolve : backwardSolve)(l, x.subarray(m * K, (m + 1) * K));
  });
  return x;
}

/** Every row over its standard deviation; rows without one say nothing. */
function weighed(layers: readonly AffineLayer[], { weight }: ArithmeticNoise): AffineLayer[] {
  return layers.map((layer, i) => ({
    weight: {
      ...layer.weight,
      data: layer.weight.data.map((v, k) => over(v, weight[i][Math.floor(k / layer.weight.columns)])),
    },
    // a bias entry counts like one of the weights': its own noise is of their size times the features'
    ...(layer.bias && { bias: layer.bias.map((v, j) => over(v, weight[i][j])) }),
  }));
}

function over(value: number, variance: number): number {
  return variance > 0 ? value / Math.sqrt(variance) : 0;
}

function overColumns(a: DenseMatrix, variance: Float64Array): DenseMatrix {
  return { ...a, data: a.data.map((v, k) => over(v, variance[k % a.columns])) };
}

function plus(a: DenseMatrix, b: DenseMatrix, length: number): DenseMatrix {
  return { ...a, data: a.data.map((v, k) => v + length * b.data[k]) };
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const all = new Float64Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** L^-T of a lower triangular L, or null when it is singular. */
function inverseTransposed(l: DenseMatrix): DenseMatrix | null {
  const identity = matrix(l.rows, l.rows);
  for (let k = 0; k < l.rows; k++) identity.data[k * l.rows + k] = 1;
  const { solution, rank } = leastSquares(transpose(l), identity, 1e-14);
  return rank < l.rows ? null : solution;
}
