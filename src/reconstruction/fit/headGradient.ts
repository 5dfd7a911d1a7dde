import { gemm } from '../../math/gemm';
import { matrix, row } from '../../math/matrix';
import { lossVector, softmax } from '../../model/softmax';
import type { DenseMatrix } from '../../types';

/** The two top layers as a function of the samples' coordinates, with patterns held fixed. */
export interface TopLayers {
  /** n x r: pre-activations of coordinates */
  readonly forward: DenseMatrix;
  /** n x K */
  readonly head: DenseMatrix;
  readonly headBias: Float64Array | undefined;
  /** r x n, 1 where the neuron is on */
  readonly mask: Float64Array;
  readonly labels: Int32Array;
  /** each sample's share of the gradient: copies / M */
  readonly shares: Float64Array;
}

/** Everything that the gradient of the two top layers is made of, at some coordinates C (r x r). */
export interface TopState {
  readonly c: DenseMatrix;
  /** r x n, masked */
  readonly hidden: DenseMatrix;
  /** r x K */
  readonly probabilities: DenseMatrix;
  /** loss vectors times shares, r x K */
  readonly losses: DenseMatrix;
  /** deltas of the hidden layer times shares, r x n */
  readonly delta: DenseMatrix;
}

/** Forward and backward pass through the two top layers. */
export function topState({ forward, head, headBias, mask, labels, shares }: TopLayers, c: DenseMatrix): TopState {
  const hidden = masked(gemm(c, forward, { b: true }), mask);
  const logits = gemm(hidden, head);
  const probabilities = matrix(c.rows, head.columns);
  const losses = matrix(c.rows, head.columns);
  for (let m = 0; m < c.rows; m++) {
    const l = row(logits, m);
    if (headBias) for (let k = 0; k < l.length; k++) l[k] += headBias[k];
    row(probabilities, m).set(softmax(l));
    row(losses, m).set(lossVector(l, labels[m]).map((g) => g * shares[m]));
  }
  return { c, hidden, probabilities, losses, delta: masked(gemm(losses, head, { b: true }), mask) };
}

/** The gradient as one vector: Deltaᵀ C (n x r), then lossesᵀ [hidden, 1] (K x n, and K where the head has a bias). */
export function topGradient({ headBias }: TopLayers, { c, hidden, losses, delta }: TopState): Float64Array {
  const bias = headBias ? [columnSums(losses)] : [];
  return join(gemm(delta, c, { a: true }), gemm(losses, hidden, { a: true }), ...bias);
}

/** Derivative of {@link topGradient} along a change of the coordinates. */
export function alongChange(layers: TopLayers, state: TopState, change: DenseMatrix): Float64Array {
  const { forward, head, headBias, mask, shares } = layers;
  const hidden = masked(gemm(change, forward, { b: true }), mask);
  const losses = softmaxJacobian(state.probabilities, gemm(hidden, head), shares);
  const delta = masked(gemm(losses, head, { b: true }), mask);
  return join(
    sum(gemm(delta, state.c, { a: true }), gemm(state.delta, change, { a: true })),
    sum(gemm(losses, state.hidden, { a: true }), gemm(state.losses, hidden, { a: true })),
    ...(headBias ? [columnSums(losses)] : []),
  );
}

/** The transpose of {@link alongChange}: what a weighting of the gradient's entries means for the coordinates. */
export function backToChange(layers: TopLayers, state: TopState, weights: Float64Array): DenseMatrix {
  const { forward, head, mask, shares } = layers;
  const [n, k] = [head.rows, head.columns];
  const r = state.c.columns;
  const first = matrix(n, r, weights.subarray(0, n * r));
  const second = matrix(k, n, weights.subarray(n * r, n * r + k * n));
  const third = weights.subarray(n * r + k * n);
  const onDelta = masked(gemm(state.c, first, { b: true }), mask);
  const onLosses = sum(gemm(onDelta, head), gemm(state.hidden, second, { b: true }));
  onLosses.data.forEach((x, i) => {
    onLosses.data[i] = x + (third[i % k] ?? 0);
  });
  const onLogits = softmaxJacobian(state.probabilities, onLosses, shares);
  const onHidden = masked(sum(gemm(state.losses, second), gemm(onLogits, head, { b: true })), mask);
  return sum(gemm(state.delta, first), gemm(onHidden, forward));
}

/** share * p (x - p . x) per sample: the Jacobian of softmax, which is its own transpose. */
function softmaxJacobian(p: DenseMatrix, x: DenseMatrix, shares: Float64Array): DenseMatrix {
  const result = matrix(p.rows, p.columns);
  for (let m = 0; m < p.rows; m++) {
    const [pm, xm] = [row(p, m), row(x, m)];
    const mean = pm.reduce((s, v, k) => s + v * xm[k], 0);
    row(result, m).set(pm.map((v, k) => shares[m] * v * (xm[k] - mean)));
  }
  return result;
}

function masked(a: DenseMatrix, mask: Float64Array): DenseMatrix {
  for (let i = 0; i < mask.length; i++) a.data[i] *= mask[i];
  return a;
}

/** a += b; returns a. */
function sum(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  for (let i = 0; i < a.data.length; i++) a.data[i] += b.data[i];
  return a;
}

function columnSums(a: DenseMatrix): DenseMatrix {
  const ones = matrix(1, a.rows, new Float64Array(a.rows).fill(1));
  return gemm(ones, a);
}

function join(...parts: readonly DenseMatrix[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, p) => length + p.data.length, 0));
  let at = 0;
  for (const { data } of parts) {
    all.set(data, at);
    at += data.length;
  }
  return all;
}
