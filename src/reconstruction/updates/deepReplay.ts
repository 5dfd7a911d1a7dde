import type { ReplayedUpdate } from '../../gradient/updateNoise';
import { weightsIn } from '../../gradient/updateNoise';
import { gemm } from '../../math/gemm';
import { axpy, columnSums, matrix, norm, row, rowsOf } from '../../math/matrix';
import { backward } from '../../model/backward';
import { descend } from '../../model/descend';
import { forward } from '../../model/forward';
import type { AffineLayer, Batch, Mlp, ModelUpdate } from '../../types';

/** A client's training on some samples, for any number of hidden layers, and what the proof needs to judge it. */
export function deepReplay(
  { before, rate }: Pick<ModelUpdate, 'before' | 'rate'>,
  batch: Batch,
  parts: readonly (readonly number[])[],
): ReplayedUpdate {
  const M = batch.labels.length;
  const sums = before.dense.map(({ weight, bias }): AffineLayer => {
    const zero = matrix(weight.rows, weight.columns);
    return bias ? { weight: zero, bias: new Float64Array(bias.length) } : { weight: zero };
  });
  const sizes = before.dense.map(({ weight }) => matrix(M, weight.rows));
  const features = before.dense.map(() => new Float64Array(M));
  let now: Mlp = before;
  for (const part of parts) {
    const passed = forward(now, rowsOf(batch.inputs, part));
    const labels = Int32Array.from(part, (m) => batch.labels[m]);
    const deltas = backward(now, passed, labels, { scale: 1 / part.length });
    const step = deltas.map((delta, i): AffineLayer => {
      const weight = gemm(delta, passed.features[i], { a: true });
      return before.dense[i].bias ? { weight, bias: columnSums(delta) } : { weight };
    });
    step.forEach(({ weight, bias }, i) => {
      axpy(1, weight.data, sums[i].weight.data);
      if (bias) axpy(1, bias, sums[i].bias as Float64Array);
      part.forEach((m, k) => {
        axpy(1, row(deltas[i], k).map(Math.abs), row(sizes[i], m));
        const f = row(passed.features[i], k);
        features[i][m] = Math.max(features[i][m], norm(f) ** 2 / f.length);
      });
    });
    now = descend(now, step, rate);
  }
  return { gradient: sums, sizes, weights: weightsIn(parts, M), features };
}
