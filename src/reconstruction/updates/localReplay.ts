import { gemm } from '../../math/gemm';
import { axpy, matrix, row, rowsOf, withOnes } from '../../math/matrix';
import { lossVectors } from '../../model/backward';
import { affine } from '../../model/layers/dense';
import { rectified, silence } from '../../model/layers/relu';
import type { AffineLayer, Batch, DenseMatrix, Mlp } from '../../types';

/** A client with one hidden layer, somewhere in its training. */
export interface LocalState {
  /** M x n: pre-activations of all samples under the present weights */
  readonly z: DenseMatrix;
  readonly head: AffineLayer;
  /** M x n: deltas summed over the steps so far, each over the size of its mini-batch */
  readonly summed: DenseMatrix;
  /** M x K: the same of the sizes of the loss vectors' entries */
  readonly losses: DenseMatrix;
}

/** Replays a client's training on some samples without ever forming its first layer: only the products of the inputs matter to it. */
export interface LocalReplay {
  readonly start: LocalState;
  /** deltas of some samples, each as if it were alone */
  deltas(state: LocalState, samples: readonly number[]): { readonly losses: DenseMatrix; readonly hidden: DenseMatrix };
  /** one step of SGD on the mean of a mini-batch */
  step(state: LocalState, part: readonly number[]): LocalState;
}

/** z of later steps follows from W -= rate Deltaᵀ [X, 1]: it falls by rate [X, 1] [X, 1]ᵀ Delta (method 12). */
export function localReplay(model: Mlp, { inputs, labels }: Batch, rate: number): LocalReplay {
  const [first, head] = model.dense;
  const [M, n] = [inputs.rows, first.weight.rows];
  const all = first.bias ? withOnes(inputs) : inputs;
  const products = gemm(all, all, { b: true });
  const deltas = (state: LocalState, samples: readonly number[]) => {
    const z = rowsOf(state.z, samples);
    const logits = affine(state.head, rectified(z));
    const losses = lossVectors(
      logits,
      Int32Array.from(samples, (m) => labels[m]),
    );
    return { losses, hidden: silence(gemm(losses, state.head.weight), z) };
  };
  return {
    start: { z: affine(first, inputs), head, summed: matrix(M, n), losses: matrix(M, head.weight.rows) },
    deltas,
    step(state, part) {
      const { losses, hidden } = deltas(state, part);
      const share = 1 / part.length;
      const features = rectified(rowsOf(state.z, part));
      const weight = { ...state.head.weight, data: state.head.weight.data.slice() };
      axpy(-rate * share, gemm(losses, features, { a: true }).data, weight.data);
      const bias = state.head.bias?.slice();
      const summed = { ...state.summed, data: state.summed.data.slice() };
      const sizes = { ...state.losses, data: state.losses.data.slice() };
      part.forEach((m, k) => {
        if (bias) axpy(-rate * share, row(losses, k), bias);
        axpy(share, row(hidden, k), row(summed, m));
        axpy(share, row(losses, k).map(Math.abs), row(sizes, m));
      });
      const z = { ...state.z, data: state.z.data.slice() };
      axpy(-rate * share, gemm(rowsOf(products, part), hidden, { a: true }).data, z.data);
      return { z, head: bias ? { weight, bias } : { weight }, summed, losses: sizes };
    },
  };
}
