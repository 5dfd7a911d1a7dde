import type { ArithmeticNoise } from '../../gradient/arithmeticNoise';
import { gradientDifference } from '../../gradient/gradientDifference';
import { gradientAt, gradientState } from '../../gradient/gradientState';
import { lossBlocks, lossDeltas } from '../../gradient/lossBlocks';
import { anderson } from '../../math/anderson';
import { cholesky, choleskySolve, inverseBlocks } from '../../math/cholesky';
import { dot, matrix, row } from '../../math/matrix';
import { lossVectors } from '../../model/backward';
import type { AffineLayer, DenseMatrix, Mlp } from '../../types';
import type { Limit, Working } from '../working';
import { inverseRoots, type LossState, lossEquations, mixingOf } from './lossEquations';
import { type SolvedInputs, solveInputs, type WeighedRows, weighedRows } from './solveInputs';

/** A batch that nearly gives a gradient, from some layer up. */
export interface FitProblem {
  /** the network whose inputs are sought: all of it, or the layers from the one up that the samples are known to enter */
  readonly model: Mlp;
  readonly gradient: readonly AffineLayer[];
  readonly labels: Int32Array;
  /** each sample's weight in the gradient: copies / M */
  readonly shares: Float64Array;
  /** held fixed: 1 where a neuron of ReLU layer i fires (M x widths[i+1]) */
  readonly patterns: readonly DenseMatrix[];
  readonly noise: ArithmeticNoise;
}

/** A refined batch. */
export interface Refined {
  /** M x d */
  readonly inputs: DenseMatrix;
  /** loss vectors times shares, as the gradient shows them */
  readonly losses: DenseMatrix;
  /** root mean square error to expect of each sample's entries */
  readonly errors: Float64Array;
}

/** Deviations within which a step that does not halve the one before is what rounding makes of the equations. */
const floor = 10;
/** Unknowns (samples times classes) up to which the loss vectors are solved for together. */
const mostUnknowns = 1000;

/**
 * Gauss-Newton with the patterns held fixed (method 6): takes a batch from the accuracy of one linear solve to the noise floor. The unknowns
 * are the loss vectors alone, K numbers a sample; the inputs follow from them by the lowest layer's least squares, and what that does to
 * the features above is left to further, accelerated steps. Float arithmetic has
 * them off a little from what softmax makes of the inputs, which counts as an equation like the rows of all layers, each by its noise.
 *
 * @param start loss vectors times shares (M x K)
 * @param steps at most; 0 gives the error bars of what the loss vectors as they are lead to
 * @returns null where the deltas are dependent, so that inputs mean nothing
 */
export function* refine(problem: FitProblem, start: DenseMatrix, limit: Limit, steps = 12): Working<Refined | null> {
  const rows = weighedRows(problem.gradient[0], inverseRoots(problem.noise.weight[0]));
  let state = stateAt(problem, rows, start);
  if (!state) return null;
  const { rows: M, columns: K, data: sigma } = problem.noise.losses;
  if (steps === 0 || M * K > mostUnknowns) return { ...outcome(state), errors: roughBars(problem, state) };
  let last: { factor: DenseMatrix; mixing: DenseMatrix; solved: SolvedInputs } | null = null;
  let moved: Float64Array = new Float64Array(M * K); // in units of the deviations
  let before = Number.POSITIVE_INFINITY;
  const next = anderson(3);
  for (let step = 0; step < steps; step++) {
    if (yield* limit.breathe()) break;
    const { normal, right, mixing } = lossEquations(problem, state);
    const factor = cholesky(normal);
    if (!factor) break;
    choleskySolve(factor, right);
    last = { factor, mixing, solved: state.solved };
    moved = next(moved, right);
    const there = stateAt(problem, rows, { ...start, data: start.data.map((v, p) => v + sigma[p] * moved[p]) });
    if (!there) break;
    state = there;
    const size = right.reduce((most, u) => Math.max(most, Math.abs(u)), 0);
    // within what noise alone does, or at the floor of this arithmetic: a further step would change next to nothing
    if (size < 1 || (size < floor && size > before / 2)) break;
    before = size;
  }
  const errors = last
    ? bars(problem, last.solved, last.mixing, inverseBlocks(last.factor, K))
    : roughBars(problem, state);
  return { ...outcome(state), errors };
}

function outcome({ solved, losses }: LossState): Pick<Refined, 'inputs' | 'losses'> {
  return { inputs: solved.inputs, losses };
}

/** Inputs, features and what is left of the gradient for given loss vectors. */
function stateAt(problem: FitProblem, rows: WeighedRows, losses: DenseMatrix): LossState | null {
  const { model, gradient, labels, shares, patterns } = problem;
  const deltas = lossDeltas(model, patterns, losses);
  const solved = solveInputs(rows, deltas[0]);
  if (!solved) return null;
  const { features, probabilities, logits } = gradientState(
    model,
    { inputs: solved.inputs, labels },
    { shares, patterns },
  );
  const predicted = lossVectors(logits, labels);
  predicted.data.forEach((v, p) => {
    predicted.data[p] = v * shares[Math.floor(p / predicted.columns)];
  });
  const gap = gradientDifference(gradient, gradientAt(model, { features, deltas }), true);
  return { losses, deltas, predicted, probabilities, features, solved, gap };
}

/**
 * Error bars: the linear solve's own noise, and what the loss vectors' remaining errors mix of other samples into each; with biases at the
 * expense of its own, since [x, 1] keeps its last entry.
 *
 * @param covariance of each sample's loss vector, in units of its deviations (K x K)
 */
function bars(
  { model }: FitProblem,
  { inputs, variance }: SolvedInputs,
  mixing: DenseMatrix,
  covariance: readonly DenseMatrix[],
): Float64Array {
  const { rows: M, columns: d } = inputs;
  const K = mixing.columns / M;
  const biased = model.dense[0].bias !== undefined;
  return variance.map((own, m) => {
    let sum = own;
    for (let q = 0; q < M; q++) {
      if (biased && q === m) continue;
      const part = row(mixing, m).subarray(q * K, (q + 1) * K);
      let mixed = 0;
      for (let c = 0; c < K; c++) mixed += part[c] * dot(row(covariance[q], c), part);
      const x = row(inputs, q);
      sum += (mixed * (biased ? distanceSquare(x, row(inputs, m)) : dot(x, x))) / d;
    }
    return Math.sqrt(sum);
  });
}

/** The same where the loss vectors are too many to be solved for together: each as if it stood alone. */
function roughBars(problem: FitProblem, { solved, features }: LossState): Float64Array {
  const { model, patterns, noise } = problem;
  const blocks = lossBlocks(model, features, patterns, noise);
  const K = noise.losses.columns;
  const covariance = blocks.map((l) => (l ? inverseBlocks(l, K)[0] : matrix(K, K)));
  return bars(problem, solved, mixingOf(problem, solved), covariance);
}

function distanceSquare(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += (x[k] - y[k]) ** 2;
  return sum;
}
