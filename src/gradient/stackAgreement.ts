import { gemm } from '../math/gemm';
import { axpy, matrix, norm, row } from '../math/matrix';
import { float64 } from '../model/arithmetic';
import { forward } from '../model/forward';
import { hasWeights, kindOf } from '../model/layers';
import type { AffineLayer, AveragedGradient, Batch, ConvNet, DenseMatrix } from '../types';
import { layerLimit, rowLimit } from './agreement';
import { arithmeticNoise, roundoff } from './arithmeticNoise';
import { captureGradient } from './captureGradient';
import { gradientDifference, gradientNorm } from './gradientDifference';
import { gradientAt, gradientState } from './gradientState';
import { lossDeltas } from './lossBlocks';
import { slackAgreement } from './slackAgreement';

/** How the replay of a convolutional network's batch compares with the shared gradient. */
export interface StackAgreement {
  /** ||replayed - shared|| / ||shared|| over all layers */
  readonly residual: number;
  /** what the arithmetic may leave of it */
  readonly tolerance: number;
  /** squared residual of the worst row of any layer over its expected size */
  readonly worst: number;
  readonly layers: readonly { readonly residual: number; readonly tolerance: number; readonly chiSquared: number }[];
  readonly holds: boolean;
}

/**
 * The rule of {@link agreement} for a network with convolutions. The head is held against the gradient as a fully connected network is,
 * with the errors that its loss vectors may have (method 13); the stack's rows against what float32 arithmetic does to the same batch,
 * found by computing it in both: rounding noise has no closed form there that is as good.
 *
 * @param shares weight of each sample in the gradient
 */
export function stackAgreement(
  net: ConvNet,
  { gradients, precision }: AveragedGradient,
  batch: Batch,
  shares: Float64Array,
): StackAgreement {
  const count = net.stack.filter(hasWeights).length;
  const { values } = forward(net, batch.inputs);
  const state = gradientState(net.head, { ...batch, inputs: values[net.stack.length] }, { shares });
  const noise = arithmeticNoise(net.head, state, batch.labels, roundoff[precision]);
  const own = gradientAt(net.head, state);
  const head = slackAgreement(
    net.head,
    gradients.slice(count),
    gradientDifference(gradients.slice(count), own),
    state,
    noise,
  );
  const delta = matrix(state.deltas[0].rows, state.deltas[0].columns, state.deltas[0].data.slice());
  if (head.errors) axpy(1, lossDeltas(net.head, state.patterns, head.errors)[0].data, delta.data);
  const replayed = stackGradient(net, values, gemm(delta, net.head.dense[0].weight));
  const rounded = roundingOf(net, batch, shares).slice(0, count);
  const over = roundoff[precision] / roundoff.float32;
  const layers = replayed.map((layer, i) => compare(gradients[i], layer, rounded[i], over));
  const headTolerance = (i: number): number => Math.sqrt(rowLimit * variance(own[i], noise.weight[i], noise.bias[i]));
  const heads = head.agreement.layers.map(({ residual, chiSquared }, i) => ({
    ...{ residual, chiSquared, worst: 0 },
    tolerance:
      Math.hypot(headTolerance(i), head.slack ? gradientNorm([head.slack[i]]) : 0) /
      (gradientNorm([gradients[count + i]]) || 1),
  }));
  const all = [...layers, ...heads];
  const worst = Math.max(head.agreement.worst, head.agreement.slack, ...layers.map((l) => l.worst));
  const total = (key: 'residual' | 'tolerance'): number =>
    Math.hypot(...all.map((l, i) => l[key] * gradientNorm([gradients[i]]))) / gradientNorm(gradients);
  return {
    residual: total('residual'),
    tolerance: total('tolerance'),
    worst,
    layers: all.map(({ residual, tolerance, chiSquared }) => ({ residual, tolerance, chiSquared })),
    holds: head.agreement.holds && layers.every((l) => l.worst <= rowLimit && l.chiSquared <= layerLimit),
  };
}

/** Weight gradients of the stack, from the deltas of what leaves it. */
function stackGradient({ stack }: ConvNet, values: readonly DenseMatrix[], above: DenseMatrix): AffineLayer[] {
  const found: AffineLayer[] = [];
  let delta = above;
  for (let k = stack.length - 1; k >= 0; k--) {
    const layer = stack[k];
    const { weightGradient, backward } = kindOf(layer);
    if (weightGradient) found.unshift(weightGradient(layer, delta, values[k], float64));
    if (k > 0) delta = backward(layer, delta, { entering: values[k], leaving: values[k + 1] }, float64);
  }
  return found;
}

/** What float32 arithmetic changes in the gradient of this batch; the shares are equal, or nearly so. */
function roundingOf(net: ConvNet, batch: Batch, shares: Float64Array): AffineLayer[] {
  const of = (precision: 'float32' | 'float64'): readonly AffineLayer[] =>
    captureGradient(net, batch, { precision, reduction: 'mean' }).gradients;
  const factor = shares.length * (shares.reduce((sum, v) => sum + v, 0) / shares.length);
  return gradientDifference(of('float32'), of('float64')).map(({ weight, bias }) => ({
    weight: { ...weight, data: weight.data.map((v) => v * factor) },
    ...(bias && { bias: bias.map((v) => v * factor) }),
  }));
}

/** Row by row: a row's noise is its own, or that of its layer in proportion to its size where that is more. */
function compare(
  shared: AffineLayer,
  replayed: AffineLayer,
  rounding: AffineLayer,
  over: number,
): { residual: number; tolerance: number; chiSquared: number; worst: number } {
  const [gap] = gradientDifference([shared], [replayed]);
  const squares = (of: AffineLayer): Float64Array =>
    Float64Array.from({ length: of.weight.rows }, (_, j) => norm(row(of.weight, j)) ** 2 + (of.bias?.[j] ?? 0) ** 2);
  const [misfit, size, noise] = [squares(gap), squares(shared), squares(rounding).map((v) => v * over * over)];
  const sum = (v: Float64Array): number => v.reduce((a, b) => a + b, 0);
  const usual = sum(noise) / (sum(size) || 1);
  const ratios = misfit.map((v, j) => (v === 0 ? 0 : v / Math.max(noise[j], usual * size[j])));
  const live = ratios.filter((v) => v > 0);
  return {
    residual: Math.sqrt(sum(misfit) / (sum(size) || 1)),
    tolerance: Math.sqrt(rowLimit * usual),
    chiSquared: live.length === 0 ? 0 : sum(live) / live.length,
    worst: ratios.reduce((a, b) => Math.max(a, b), 0),
  };
}

function variance({ weight, bias }: AffineLayer, rows: Float64Array, biases: Float64Array): number {
  const sum = (v: Float64Array): number => v.reduce((a, b) => a + b, 0);
  return weight.columns * sum(rows) + (bias ? sum(biases) : 0);
}
