import { roundoff } from '../../gradient/arithmeticNoise';
import { checkBatch } from '../../gradient/captureGradient';
import { cholesky, lowerInverse, pivotRatio } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { matrix, norm, row, sum } from '../../math/matrix';
import { leadingVectors } from '../../math/singularVectors';
import { transposeParts } from '../../math/transposeParts';
import { backward } from '../../model/backward';
import { forward } from '../../model/forward';
import { patchesInto } from '../../model/layers/patches';
import type { Batch, Conv2dLayer, ConvNet, DenseMatrix, Precision } from '../../types';

/** How well one layer's gradient determines the values that entered it, its deltas known. */
export interface Conditioning {
  /** index in the stack; one beyond the stack for the head's lowest layer */
  readonly layer: number;
  /** largest over smallest singular value of the system; null where float64 cannot tell it from a singular one, from about 1e7 on */
  readonly condition: number | null;
  /** expected root mean square error of the values, relative to theirs, that the rounding of a gradient in this precision leaves */
  readonly error: Readonly<Record<Precision, number>> | null;
  /** root mean square distance of the samples' values from their mean, relative to the values: near 0, all samples look alike here */
  readonly spread: number;
}

/**
 * The linear systems that lead from the head down to the input, one a layer, each with the batch's true deltas (method 11): what
 * counting leaves open. Under max pooling the winners are taken for known, so an attack, which has to find them, is not better off.
 *
 * @returns the head's lowest layer first, then the convolutions of the stack, top down
 * @throws InputError when the batch does not fit the model
 * @example
 * const net = convNet({ input: { channels: 1, height: 28, width: 28 }, plan: [{ filters: 8, stride: 4 }], head: [64], seed: 1 });
 * conditioning(net, secret).map(({ condition }) => condition !== null);  // => [true, false]
 */
export function conditioning(net: ConvNet, batch: Batch): Conditioning[] {
  checkBatch('conditioning', net, batch);
  const { values, features, logits } = forward(net, batch.inputs);
  const M = batch.inputs.rows;
  const deltas = backward(net, { values, features, logits }, batch.labels, { scale: 1 / M });
  const convolutions = net.stack.flatMap((layer, k) => (layer.kind === 'conv2d' ? [{ layer, k }] : []));
  const own = convolutions.map(({ layer, k }, i) => ({ layer: k, ...systemOf(layer, values[k], deltas[i]) }));
  const top = convolutions.length;
  const dense = { input: { channels: features[top].columns, height: 1, width: 1 }, kernel: 1, stride: 1, padding: 0 };
  const head = systemOf({ ...dense, weight: net.head.dense[0].weight }, features[top], deltas[top]);
  return [{ layer: net.stack.length, ...head }, ...own.reverse()];
}

/** A dense layer is a convolution of planes of one pixel. */
type Geometry = Pick<Conv2dLayer, 'input' | 'kernel' | 'stride' | 'padding' | 'weight'>;

/** @param entering M x C H W @param delta M x (out positions) */
function systemOf(layer: Geometry, entering: DenseMatrix, delta: DenseMatrix): Omit<Conditioning, 'layer'> {
  const M = entering.rows;
  const out = layer.weight.rows;
  const positions = delta.columns / out;
  const d = matrix(M * positions, out, transposeParts(delta.data, out, positions));
  const seen = seenAt(layer, M, positions);
  const unknowns = (M * entering.columns) / layer.input.channels;
  const spread = spreadOf(entering);
  const factor = seen.length * out < unknowns ? null : cholesky(gramOf(d, seen, unknowns));
  if (!factor || singular(factor)) return { condition: null, error: null, spread };
  const inverse = lowerInverse(factor);
  const most = (a: DenseMatrix): number => leadingVectors(a, Math.min(12, unknowns)).s[0];
  const size = norm(entering.data) / Math.sqrt(entering.data.length);
  // mean variance of the values for gradient entries of variance 1: trace (TᵀT)^-1 over the unknowns
  const grown = norm(inverse.data) / Math.sqrt(unknowns);
  const relative = (grown * roundingOf(d, seen, entering, layer)) / size;
  const error = { float32: relative * roundoff.float32, float64: relative * roundoff.float64 };
  return { condition: most(factor) * most(inverse), error, spread };
}

/** Whether a pivot may be the rounding of zero: two samples that are alike leave one, of either sign. */
function singular(factor: DenseMatrix): boolean {
  return factor.rows * Number.EPSILON * pivotRatio(factor) ** 2 >= 1;
}

/** For each tap, the entering position (of all samples) that each leaving one sees there, -1 outside its plane. */
function seenAt(layer: Geometry, M: number, positions: number): Int32Array[] {
  const { height, width } = layer.input;
  const taps = layer.kernel ** 2;
  const numbers = Float64Array.from({ length: height * width }, (_, p) => p + 1);
  const patches = new Float64Array(positions * taps);
  patchesInto({ ...layer, input: { channels: 1, height, width } }, numbers, patches);
  return Array.from({ length: taps }, (_, t) =>
    Int32Array.from({ length: M * positions }, (_, q) => {
      const p = patches[(q % positions) * taps + t] - 1;
      return p < 0 ? -1 : Math.floor(q / positions) * height * width + p;
    }),
  );
}

/** TᵀT for the map T from the values of one channel to their entries of the weight gradient: shifted entries of D Dᵀ, tap by tap. */
function gramOf(d: DenseMatrix, seen: readonly Int32Array[], unknowns: number): DenseMatrix {
  const products = gemm(d, d, { b: true });
  const gram = matrix(unknowns, unknowns);
  for (const at of seen) {
    const inside = [...at.keys()].filter((q) => at[q] >= 0);
    for (const q of inside) {
      const [from, into] = [row(products, q), row(gram, at[q])];
      for (const r of inside) into[at[r]] += from[r];
    }
  }
  return gram;
}

/**
 * Root mean square rounding error of a gradient entry in units of the roundoff u: a sum of n products is off by u sqrt(n) / 4 of its
 * terms' root sum of squares, its terms by u (method 13).
 */
function roundingOf(d: DenseMatrix, seen: readonly Int32Array[], entering: DenseMatrix, layer: Geometry): number {
  const { channels, height, width } = layer.input;
  const places = height * width;
  const values = matrix(entering.rows * places, channels, transposeParts(entering.data, channels, places));
  const squares = (a: DenseMatrix): Float64Array =>
    Float64Array.from({ length: a.rows }, (_, p) => norm(row(a, p)) ** 2);
  const [below, above] = [squares(values), squares(d)];
  const terms = seen.reduce((total, at) => total + sum(above.map((v, q) => (at[q] < 0 ? 0 : v * below[at[q]]))), 0);
  return Math.sqrt(((d.rows / 16 + 1) * terms) / (seen.length * d.columns * channels));
}

/** Root mean square distance of the rows from their mean over the root mean square of their sizes. */
function spreadOf(a: DenseMatrix): number {
  const size = norm(a.data);
  if (size === 0) return 0;
  const mean = new Float64Array(a.columns);
  a.data.forEach((v, k) => {
    mean[k % a.columns] += v / a.rows;
  });
  return norm(a.data.map((v, k) => v - mean[k % a.columns])) / size;
}
