import { gemm } from '../../math/gemm';
import { axpy, fromRows, matrix, norm, row, rowsOf } from '../../math/matrix';
import { backward, deltaBelow } from '../../model/backward';
import { forward } from '../../model/forward';
import { affine } from '../../model/layers/dense';
import type { AffineLayer, DenseMatrix, Mlp } from '../../types';
import { outside } from '../columnSpace';

/** What is left of layer 0's gradient when samples are taken off. */
export interface Remainder {
  /** n x d0 */
  readonly weight: DenseMatrix;
  readonly bias: Float64Array;
  /** how large each bias gradient and all that was taken off it was: its rounding */
  readonly sizes: Float64Array;
  /** W_0 times each row (n x n), carried along so that no row is passed through the layer again */
  readonly passed: DenseMatrix;
}

/** A row of degree one: a sample with its label, by what it says about the batch. */
export interface Reading {
  readonly neuron: number;
  readonly label: number;
  /** its bias gradient over the sample's own delta: 1 / M under `mean` */
  readonly share: number;
}

/** A sample as a row of degree one gives it, with its part of all bias gradients. */
export interface Peeled {
  readonly input: Float64Array;
  readonly label: number;
  readonly delta: Float64Array;
}

/** All of a gradient; its rows are passed through layer 0 later. */
export function remainderOf({ weight, bias }: Required<AffineLayer>): Remainder {
  return {
    weight: { ...weight, data: weight.data.slice() },
    bias: bias.slice(),
    sizes: bias.map(Math.abs),
    passed: matrix(weight.rows, weight.rows),
  };
}

/** Passes some rows through layer 0. */
export function passRows(model: Mlp, { weight, passed }: Remainder, rows: readonly number[]): void {
  const some = gemm(rowsOf(weight, rows), model.dense[0].weight, { b: true });
  rows.forEach((j, m) => row(passed, j).set(row(some, m)));
}

/** Bias gradients that stand out of their rounding. */
export function standing({ bias, sizes }: Remainder, tolerance: number): number[] {
  return [...bias.keys()].filter((j) => Math.abs(bias[j]) > 1e3 * tolerance * sizes[j]);
}

/** For some neurons and every label: the share for which the quotient of the neuron's row would be a sample alone on it. */
export function readingsOf(model: Mlp, { bias, passed }: Remainder, neurons: readonly number[]): Reading[] {
  const shift = (i: number): number => model.dense[0].bias?.[i] ?? 0;
  // a sample fires its own neuron
  const able = neurons.filter((j) => passed.data[j * passed.columns + j] / bias[j] + shift(j) > 0);
  if (able.length === 0) return [];
  const features = fromRows(able.map((j) => row(passed, j).map((v, i) => Math.max(0, v / bias[j] + shift(i)))));
  const activations = forward(model, features, 1);
  return Array.from({ length: activations.logits.columns }, (_, label) => {
    const above = backward(model, activations, new Int32Array(able.length).fill(label), { lowest: 1 })[1];
    const delta = deltaBelow(model.dense[1], above, features, model.activations[0]);
    return able.map((neuron, m) => ({ neuron, label, share: bias[neuron] / delta.data[m * delta.columns + neuron] }));
  }).flat();
}

/** Those of the readings that are new samples whose deltas lie in the space that the batch's deltas span (null: all of it). */
export function samplesAmong(
  model: Mlp,
  { weight, bias }: Remainder,
  readings: readonly Reading[],
  known: readonly Peeled[],
  {
    share,
    space,
    tolerance,
  }: { readonly share: number; readonly space: DenseMatrix | null; readonly tolerance: number },
): Peeled[] {
  const fresh: { readonly input: Float64Array; readonly label: number }[] = [];
  // the larger a row is beside the rest, the less of its quotient is rounding
  const order = [...readings].sort((a, b) => Math.abs(bias[b.neuron]) - Math.abs(bias[a.neuron]));
  for (const { neuron, label } of order) {
    const input = row(weight, neuron).map((v) => v / bias[neuron]);
    const most = (1e-3 * norm(input)) ** 2;
    const same = (other: { readonly input: Float64Array }): boolean => nearer(other.input, input, most);
    if (!known.some(same) && !fresh.some(same)) fresh.push({ input, label });
  }
  if (fresh.length === 0) return [];
  const activations = forward(model, fromRows(fresh.map((f) => f.input)));
  const labels = Int32Array.from(fresh, (f) => f.label);
  const deltas = backward(model, activations, labels, { scale: share })[0];
  const off = space && outside(space, deltas);
  return fresh.flatMap((f, m) => (off && !(off[m] <= tolerance) ? [] : [{ ...f, delta: row(deltas, m) }]));
}

/** Whether the squared distance is at most this; looks no further than it has to. */
function nearer(a: Float64Array, b: Float64Array, most: number): boolean {
  let square = 0;
  for (let i = 0; i < a.length; i++) {
    square += (a[i] - b[i]) ** 2;
    if (square > most) return false;
  }
  return true;
}

/** Takes the samples' parts off every row. */
export function takeOff(model: Mlp, { weight, bias, sizes, passed }: Remainder, peeled: readonly Peeled[]): void {
  const linear = { weight: model.dense[0].weight };
  for (const { input, delta } of peeled) {
    const through = affine(linear, matrix(1, input.length, input)).data;
    delta.forEach((part, j) => {
      if (part === 0) return;
      axpy(-part, input, row(weight, j));
      axpy(-part, through, row(passed, j));
      bias[j] -= part;
      sizes[j] += Math.abs(part);
    });
  }
}
