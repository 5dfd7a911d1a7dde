import { softmaxDerivative } from '../../gradient/gradientJacobian';
import { lossDeltas } from '../../gradient/lossBlocks';
import { gemm } from '../../math/gemm';
import { axpy, dot, matrix, row } from '../../math/matrix';
import type { AffineLayer, DenseMatrix } from '../../types';
import { withOnes } from '../evidence/homogeneous';
import type { FitProblem } from './refine';
import type { SolvedInputs } from './solveInputs';

/** Where a fit stands. */
export interface LossState {
  /** loss vectors times shares (M x K) */
  readonly losses: DenseMatrix;
  /** deltas[i] of those */
  readonly deltas: readonly DenseMatrix[];
  /** what softmax makes of the inputs, times shares, and its probabilities */
  readonly predicted: DenseMatrix;
  readonly probabilities: DenseMatrix;
  /** features[i] enters layer i */
  readonly features: readonly DenseMatrix[];
  readonly solved: SolvedInputs;
  /** shared minus replayed gradient */
  readonly gap: readonly AffineLayer[];
}

/** Normal equations N u = right for changes u of the loss vectors in units of their own deviations; u[m K + c]. */
export interface LossEquations {
  readonly normal: DenseMatrix;
  readonly right: Float64Array;
  /** M x MK: how much of x^m' a change of loss vector m' mixes into the input of sample m */
  readonly mixing: DenseMatrix;
}

/**
 * What all layers, the softmax and the last entries say of the loss vectors, linearised. The inputs are eliminated: they follow the
 * deltas by the lowest layer's least squares, so there only what its rows leave beside them counts; and a wrong loss vector of one
 * sample mixes that sample into the inputs of others, which their own softmax shows.
 */
export function lossEquations(problem: FitProblem, state: LossState): LossEquations {
  const { model, noise } = problem;
  const { features, solved, gap } = state;
  const { rows: M, columns: K } = noise.losses;
  const units = unitDeltas(problem);
  const normal = matrix(M * K, M * K);
  const right = new Float64Array(M * K);
  const roots = noise.aligned.map(inverseRoots);
  const weighed = units.map((unit, i) => timesColumns(unit, roots[i]));
  const mixing = mixingFrom(solved, units[0], noise.weight[0]);
  // what a change of the loss vectors does to the lowest layer's rows once its inputs have followed
  axpy(-1, gemm(mixing, timesColumns(state.deltas[0], roots[0]), { a: true }).data, weighed[0].data);
  const homogeneous = model.dense.every(({ bias }) => !bias) && model.activations.every(({ kind }) => kind !== 'relu6');
  if (homogeneous)
    for (let i = 1; i < weighed.length; i++) stretch(weighed[i], timesColumns(state.deltas[i], roots[i]), mixing);
  features.forEach((f, i) => {
    const all = withOnes(f, model.dense[i].bias !== undefined);
    const free = weighed[i];
    const inner = gemm(all, all, { b: true });
    const products = gemm(free, free, { b: true });
    for (let p = 0, k = 0; p < M * K; p++)
      for (let q = 0; q < M * K; q++, k++)
        normal.data[k] += products.data[k] * inner.data[Math.floor(p / K) * M + Math.floor(q / K)];
    const asked = timesColumns(gemm(all, rowsWithBias(gap[i]), { b: true }), roots[i]);
    for (let p = 0; p < M * K; p++) right[p] += dot(row(free, p), row(asked, Math.floor(p / K)));
  });
  addSoftmax({ normal, right, mixing }, problem, state, units[0]);
  if (model.dense[0].bias) addLastEntries({ normal, right, mixing }, problem, state);
  return { normal, right, mixing };
}

/** Without biases a sample's features above are as long as its input is: what its own loss vector takes from that they lose too. */
function stretch(free: DenseMatrix, deltas: DenseMatrix, mixing: DenseMatrix): void {
  const K = free.rows / deltas.rows;
  for (let p = 0; p < free.rows; p++) {
    const m = Math.floor(p / K);
    axpy(-mixing.data[m * mixing.columns + p], row(deltas, m), row(free, p));
  }
}

/** M x MK: how much of x^m' a change of loss vector m' by one deviation mixes into the input of sample m. */
export function mixingOf(problem: FitProblem, solved: SolvedInputs): DenseMatrix {
  return mixingFrom(solved, unitDeltas(problem)[0], problem.noise.weight[0]);
}

function mixingFrom({ inverse }: SolvedInputs, units: DenseMatrix, variance: Float64Array): DenseMatrix {
  return gemm(inverse, timesColumns(units, inverseRoots(variance)), { b: true });
}

/** Deltas of every layer for one deviation of each entry of each loss vector: row m K + c is that of sample m (MK x widths[i+1]). */
function unitDeltas({ model, noise, patterns }: FitProblem): DenseMatrix[] {
  const { rows: M, columns: K, data } = noise.losses;
  const all = model.dense.map(({ weight }) => matrix(M * K, weight.rows));
  for (let c = 0; c < K; c++) {
    const e = matrix(M, K);
    for (let m = 0; m < M; m++) e.data[m * K + c] = data[m * K + c];
    lossDeltas(model, patterns, e).forEach((delta, i) => {
      for (let m = 0; m < M; m++) row(all[i], m * K + c).set(row(delta, m));
    });
  }
  return all;
}

/** Loss vectors lie near what softmax makes of the inputs, which they move: (loss - predicted) / deviation. */
function addSoftmax(equations: LossEquations, problem: FitProblem, state: LossState, units: DenseMatrix): void {
  const { normal, right, mixing } = equations;
  const { noise, shares, model } = problem;
  const { rows: M, columns: K, data: sigma } = noise.losses;
  const inputs = state.solved.inputs;
  // d logit (m, c) along x^m', times the deviation
  const along = gemm(units, gemm(inputs, model.dense[0].weight, { b: true }), { b: true });
  const biased = model.dense[0].bias !== undefined;
  const slopes = matrix(M * K, M * K);
  for (let q = 0; q < M; q++) {
    const logits = matrix(M, K);
    for (let p = 0; p < M * K; p++) {
      const own = biased ? along.data[p * M + Math.floor(p / K)] : 0; // what is mixed in comes at the expense of the sample itself
      logits.data[p] = sigma[p] > 0 ? (along.data[p * M + q] - own) / sigma[p] : 0;
    }
    const moved = softmaxDerivative(state.probabilities, logits, shares);
    for (let p = 0; p < M * K; p++) {
      if (!(sigma[p] > 0)) continue;
      const factor = moved.data[p] / sigma[p];
      const target = row(slopes, p).subarray(q * K, (q + 1) * K);
      axpy(factor, row(mixing, Math.floor(p / K)).subarray(q * K, (q + 1) * K), target);
    }
  }
  for (let p = 0; p < M * K; p++) slopes.data[p * M * K + p] += 1;
  const rest = Float64Array.from(sigma, (s, p) => (s > 0 ? (state.predicted.data[p] - state.losses.data[p]) / s : 0));
  addRows(normal, right, slopes, rest);
}

/** The last entry of each solved [x, 1] is 1, within its own noise. */
function addLastEntries(equations: LossEquations, { noise }: FitProblem, { solved }: LossState): void {
  const { normal, right, mixing } = equations;
  const ratios = Array.from(noise.bias[0], (b, j) => b / noise.weight[0][j]).filter(Number.isFinite);
  const ratio = ratios.sort((a, b) => a - b)[ratios.length >> 1] ?? 1;
  const deviation = solved.variance.map((v) => Math.sqrt(v * ratio));
  const rows = { ...mixing, data: mixing.data.map((v, k) => -v / deviation[Math.floor(k / mixing.columns)]) };
  addRows(
    normal,
    right,
    rows,
    solved.last.map((v, m) => (1 - v) / deviation[m]),
  );
}

/** Equations rows u = rest, each with deviation 1. */
function addRows(normal: DenseMatrix, right: Float64Array, rows: DenseMatrix, rest: Float64Array): void {
  axpy(1, gemm(rows, rows, { a: true }).data, normal.data);
  rest.forEach((v, p) => axpy(v, row(rows, p), right));
}

function rowsWithBias({ weight, bias }: AffineLayer): DenseMatrix {
  if (!bias) return weight;
  const all = matrix(weight.rows, weight.columns + 1);
  for (let j = 0; j < weight.rows; j++) {
    row(all, j).set(row(weight, j));
    all.data[(j + 1) * all.columns - 1] = bias[j];
  }
  return all;
}

export function inverseRoots(variance: Float64Array): Float64Array {
  return variance.map((v) => (v > 0 ? 1 / Math.sqrt(v) : 0));
}

function timesColumns(a: DenseMatrix, factors: Float64Array): DenseMatrix {
  return { ...a, data: a.data.map((v, k) => v * factors[k % a.columns]) };
}
