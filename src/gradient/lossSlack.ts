import { choleskySolve } from '../math/cholesky';
import { gemm } from '../math/gemm';
import { axpy, dot } from '../math/matrix';
import type { AffineLayer, DenseMatrix, Mlp } from '../types';
import type { ArithmeticNoise } from './arithmeticNoise';
import { lossBlocks, lossDeltas } from './lossBlocks';

/**
 * Errors of the loss vectors that explain the most of a residual, as far as their own size allows (M x K, shares included).
 *
 * A framework's loss vectors are off by what cancels in p - 1, and everything below is computed from them: the errors are in
 * every layer, coherently, and the residual shows them to its own precision. Least squares over all layers, each row by its
 * variance, against the errors' standard deviations; by conjugate gradients, blocks of one sample solved exactly.
 *
 * @param residual shared minus replayed gradient
 * @param features features[i] enters layer i
 * @param patterns patterns[i]: 1 where a neuron of ReLU layer i fires
 */
export function lossSlack(
  model: Mlp,
  residual: readonly AffineLayer[],
  { features, patterns }: { readonly features: readonly DenseMatrix[]; readonly patterns: readonly DenseMatrix[] },
  noise: ArithmeticNoise,
): DenseMatrix {
  const { losses: sigma } = noise;
  const precision = noise.aligned.map((rows) => rows.map((v) => (v > 0 ? 1 / v : 0)));
  const layers = residual.map(({ weight, bias }, i) => {
    const f = features[i];
    const gram = gemm(f, f, { b: true });
    const right = gemm(f, weight, { b: true });
    if (bias) {
      for (let k = 0; k < gram.data.length; k++) gram.data[k] += 1;
      for (let k = 0; k < right.data.length; k++) right.data[k] += bias[k % right.columns];
    }
    return { gram, right: weighed(right, precision[i]) };
  });
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
  const scaled = (t: Float64Array): DenseMatrix => ({ ...sigma, data: t.map((v, k) => v * sigma.data[k]) });
  const normal = (t: Float64Array): Float64Array => {
    const deltas = lossDeltas(model, patterns, scaled(t));
    const y = up(deltas.map((delta, i) => weighed(gemm(layers[i].gram, delta), precision[i])));
    axpy(1, t, y);
    return y;
  };
  const blocks = lossBlocks(model, features, patterns, sigma, precision);
  const K = sigma.columns;
  const solve = (r: Float64Array): Float64Array => {
    const z = r.slice();
    blocks.forEach((l, m) => {
      if (l) choleskySolve(l, z.subarray(m * K, (m + 1) * K));
    });
    return z;
  };
  return scaled(conjugateGradients(normal, solve, up(layers.map((l) => l.right))));
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
  const goal = Math.min(1e-12 * rz, 0.01); // in units of chi-squared: less is not seen by any test
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

function weighed(a: DenseMatrix, columns: Float64Array): DenseMatrix {
  return { ...a, data: a.data.map((v, k) => v * columns[k % columns.length]) };
}
