import { choleskySolve } from '../math/cholesky';
import { gemm } from '../math/gemm';
import { axpy, columnSums, dot } from '../math/matrix';
import type { AffineLayer, DenseMatrix, Mlp } from '../types';
import type { ArithmeticNoise } from './arithmeticNoise';
import { gradientDifference } from './gradientDifference';
import { gradientAt } from './gradientState';
import { inverted, lossBlocks, lossDeltas } from './lossBlocks';

/** Features and activation patterns of a replayed batch. */
export interface Activity {
  /** features[i] enters layer i (M x widths[i]) */
  readonly features: readonly DenseMatrix[];
  /** patterns[i]: derivative of hidden layer i's activation (M x widths[i+1]) */
  readonly patterns: readonly DenseMatrix[];
}

/** Solves at most: the second makes up for what squaring the condition lost, the third is seldom needed. */
const rounds = 3;

/**
 * Errors of the loss vectors that explain the most of a residual, as far as their own size allows (M x K, shares included).
 *
 * A framework's loss vectors are off by what cancels in p - 1, and everything below is computed from them: the errors are in
 * every layer, coherently, and the residual shows them to its own precision. Least squares over all layers, each row and bias by
 * its variance, against the errors' standard deviations; by conjugate gradients, blocks of one sample solved exactly, and refined
 * from the residual itself, which near-duplicates need.
 *
 * @param residual shared minus replayed gradient
 */
export function lossSlack(
  model: Mlp,
  residual: readonly AffineLayer[],
  activity: Activity,
  noise: ArithmeticNoise,
): DenseMatrix {
  const { losses: sigma } = noise;
  const { features, patterns } = activity;
  const scaled = (t: Float64Array): DenseMatrix => ({ ...sigma, data: t.map((v, k) => v * sigma.data[k]) });
  const { times, onto } = equations(model, activity, noise);
  const blocks = lossBlocks(model, features, patterns, noise);
  const K = sigma.columns;
  const precondition = (r: Float64Array): Float64Array => {
    const z = r.slice();
    blocks.forEach((l, m) => {
      if (l) choleskySolve(l, z.subarray(m * K, (m + 1) * K));
    });
    return z;
  };
  const t = new Float64Array(sigma.data.length);
  let left = residual;
  for (let round = 0; round < rounds; round++) {
    const right = onto(left);
    axpy(-1, t, right);
    const step = conjugateGradients((x) => times(scaled(x), x), precondition, right);
    axpy(1, step, t);
    if (dot(step, step) < seen) break;
    const deltas = lossDeltas(model, patterns, scaled(t));
    left = gradientDifference(residual, gradientAt(model, { features, deltas }), true);
  }
  return scaled(t);
}

/** In units of chi-squared: less is not seen by any test. */
const seen = 0.01;

interface Equations {
  /** the normal equations' matrix, for errors of this size, which are x in units of their deviations */
  times(errors: DenseMatrix, x: Float64Array): Float64Array;
  /** right side for what a gradient leaves */
  onto(left: readonly AffineLayer[]): Float64Array;
}

function equations(model: Mlp, { features, patterns }: Activity, noise: ArithmeticNoise): Equations {
  const { losses: sigma } = noise;
  const precision = noise.aligned.map(inverted);
  const ofBiases = noise.bias.map(inverted);
  const grams = features.map((f) => gemm(f, f, { b: true }));
  const up = (asked: readonly DenseMatrix[]): Float64Array => {
    let sum = asked[0];
    for (let i = 1; i < asked.length; i++) {
      for (let k = 0; k < sum.data.length; k++) sum.data[k] *= patterns[i - 1].data[k];
      const carried = gemm(sum, model.dense[i].weight, { b: true });
      axpy(1, asked[i].data, carried.data);
      sum = carried;
    }
    return sum.data.map((v, k) => v * sigma.data[k]);
  };
  /** rows by their precision, and to each sample's row that of the biases */
  const weighed = (rows: DenseMatrix, bias: Float64Array | undefined, i: number): DenseMatrix => {
    const shift = bias?.map((v, j) => v * ofBiases[i][j]);
    const n = rows.columns;
    return { ...rows, data: rows.data.map((v, k) => v * precision[i][k % n] + (shift ? shift[k % n] : 0)) };
  };
  return {
    times(errors, x) {
      const deltas = lossDeltas(model, patterns, errors);
      const y = up(
        deltas.map((delta, i) => weighed(gemm(grams[i], delta), model.dense[i].bias && columnSums(delta), i)),
      );
      axpy(1, x, y);
      return y;
    },
    onto: (left) => up(left.map(({ weight, bias }, i) => weighed(gemm(features[i], weight, { b: true }), bias, i))),
  };
}

function conjugateGradients(
  times: (x: Float64Array) => Float64Array,
  precondition: (r: Float64Array) => Float64Array,
  right: Float64Array,
): Float64Array {
  const x = new Float64Array(right.length);
  const r = right.slice();
  let z = precondition(r);
  const p = z.slice();
  let rz = dot(r, z);
  const goal = Math.min(1e-12 * rz, seen);
  for (let step = 0; step < 300 && rz > goal; step++) {
    const q = times(p);
    const alpha = rz / dot(p, q);
    axpy(alpha, p, x);
    axpy(-alpha, q, r);
    z = precondition(r);
    const next = dot(r, z);
    for (let k = 0; k < p.length; k++) p[k] = z[k] + (next / rz) * p[k];
    rz = next;
  }
  return x;
}
