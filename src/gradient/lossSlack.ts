import { cholesky, choleskySolve } from '../math/cholesky';
import { gemm } from '../math/gemm';
import { axpy, dot, matrix, row } from '../math/matrix';
import type { AffineLayer, DenseMatrix, Mlp } from '../types';
import type { ArithmeticNoise, Pass } from './arithmeticNoise';

/**
 * Errors of the loss vectors that explain the most of a residual, as far as their own size allows (M x K, shares included).
 *
 * A framework's loss vectors are off by what cancels in p - 1, and everything below is computed from them: the errors are in
 * every layer, coherently, and the residual shows them to its own precision. Least squares over all layers, each row by its
 * variance, against the errors' standard deviations; by conjugate gradients, blocks of one sample solved exactly.
 *
 * @param residual shared minus replayed gradient
 */
export function lossSlack(
  model: Mlp,
  residual: readonly AffineLayer[],
  pass: Pass,
  noise: ArithmeticNoise,
): DenseMatrix {
  const { losses: sigma } = noise;
  const layers = residual.map(({ weight, bias }, i) => {
    const f = pass.features[i];
    const gram = gemm(f, f, { b: true });
    const right = gemm(f, weight, { b: true });
    if (bias) {
      for (let k = 0; k < gram.data.length; k++) gram.data[k] += 1;
      for (let k = 0; k < right.data.length; k++) right.data[k] += bias[k % right.columns];
    }
    const precision = noise.weight[i].map((v) => (v > 0 ? 1 / v : 0));
    return { gram, right: weighed(right, precision), precision };
  });
  const down = (losses: DenseMatrix): DenseMatrix[] => {
    const deltas: DenseMatrix[] = [];
    deltas[layers.length - 1] = losses;
    for (let i = layers.length - 1; i > 0; i--)
      deltas[i - 1] = where(gemm(deltas[i], model.dense[i].weight), pass.preActivations[i - 1]);
    return deltas;
  };
  const up = (asked: readonly DenseMatrix[]): Float64Array => {
    let sum = asked[0];
    for (let i = 1; i < asked.length; i++) {
      const carried = gemm(where(sum, pass.preActivations[i - 1]), model.dense[i].weight, { b: true });
      axpy(1, asked[i].data, carried.data);
      sum = carried;
    }
    return sum.data.map((v, k) => v * sigma.data[k]);
  };
  const scaled = (t: Float64Array): DenseMatrix => ({ ...sigma, data: t.map((v, k) => v * sigma.data[k]) });
  const normal = (t: Float64Array): Float64Array => {
    const asked = down(scaled(t)).map((delta, i) => weighed(gemm(layers[i].gram, delta), layers[i].precision));
    const y = up(asked);
    axpy(1, t, y);
    return y;
  };
  const solve = sampleBlocks(down, sigma, layers);
  return scaled(conjugateGradients(normal, solve, up(layers.map((l) => l.right))));
}

/** Solves the normal equations as if the samples did not share any neuron: one K x K system each. */
function sampleBlocks(
  down: (losses: DenseMatrix) => DenseMatrix[],
  sigma: DenseMatrix,
  layers: readonly { gram: DenseMatrix; precision: Float64Array }[],
): (r: Float64Array) => Float64Array {
  const { rows: M, columns: K } = sigma;
  // deltas of every layer for a unit error of class c in every sample
  const units = Array.from({ length: K }, (_, c) => {
    const e = matrix(M, K);
    for (let m = 0; m < M; m++) e.data[m * K + c] = sigma.data[m * K + c];
    return down(e);
  });
  const factors = Array.from({ length: M }, (_, m) => {
    const block = matrix(K, K);
    for (let c = 0; c < K; c++)
      for (let e = 0; e <= c; e++) {
        let sum = c === e ? 1 : 0;
        layers.forEach(({ gram, precision }, i) => {
          const [x, y] = [row(units[c][i], m), row(units[e][i], m)];
          let part = 0;
          for (let j = 0; j < x.length; j++) part += x[j] * y[j] * precision[j];
          sum += gram.data[m * M + m] * part;
        });
        block.data[c * K + e] = sum;
        block.data[e * K + c] = sum;
      }
    return cholesky(block);
  });
  return (r) => {
    const z = r.slice();
    factors.forEach((l, m) => {
      if (l) choleskySolve(l, z.subarray(m * K, (m + 1) * K));
    });
    return z;
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
  const goal = 1e-24 * rz;
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

function where(a: DenseMatrix, z: DenseMatrix): DenseMatrix {
  return { ...a, data: a.data.map((v, k) => (z.data[k] > 0 ? v : 0)) };
}
