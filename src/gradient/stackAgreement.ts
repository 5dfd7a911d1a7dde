import { gemm } from '../math/gemm';
import { axpy, matrix, sum } from '../math/matrix';
import { float64 } from '../model/arithmetic';
import { forward } from '../model/forward';
import { hasWeights, kindOf } from '../model/layers';
import type { AffineLayer, AveragedGradient, Batch, ConvNet, DenseMatrix } from '../types';
import { layerLimit, rowLimit } from './agreement';
import { type ArithmeticNoise, arithmeticNoise, roundoff } from './arithmeticNoise';
import { gradientDifference, gradientNorm } from './gradientDifference';
import { gradientAt, gradientState } from './gradientState';
import { lossDeltas } from './lossBlocks';
import { replayNoise, rowSquares } from './replayNoise';
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
 * The rule of {@link agreement} for a network with convolutions. Rows are held against what the arithmetic does to the same batch, found
 * by computing it in float32 and in float64: there is no closed form that is as good through many convolutions. Loss vectors may be
 * off by what cancels in p - 1 (method 13), as in fully connected networks.
 *
 * @param shares weight of each sample in the gradient
 * @param errors root mean square error that each input is known to. @default 0
 */
export function stackAgreement(
  net: ConvNet,
  { gradients, precision }: AveragedGradient,
  batch: Batch,
  shares: Float64Array,
  errors: Float64Array = new Float64Array(shares.length),
): StackAgreement {
  const count = net.stack.filter(hasWeights).length;
  const squares = replayNoise(net, batch, shares, precision, errors);
  const { values } = forward(net, batch.inputs);
  const state = gradientState(net.head, { ...batch, inputs: values[net.stack.length] }, { shares });
  const own = arithmeticNoise(net.head, state, batch.labels, roundoff[precision]);
  const noise = widened(own, gradients.slice(count), squares.slice(count));
  const gap = gradientDifference(gradients.slice(count), gradientAt(net.head, state), true);
  const head = slackAgreement(net.head, gradients.slice(count), gap, state, noise);
  const delta = matrix(state.deltas[0].rows, state.deltas[0].columns, state.deltas[0].data.slice());
  if (head.errors) axpy(1, lossDeltas(net.head, state.patterns, head.errors)[0].data, delta.data);
  const replayed = stackGradient(net, values, gemm(delta, net.head.dense[0].weight));
  const layers = replayed.map((layer, i) => compare(gradients[i], layer, squares[i]));
  const heads = head.agreement.layers.map(({ residual, chiSquared }, i) => {
    const tolerance = Math.sqrt(rowLimit * sum(squares[count + i])) / (gradientNorm([gradients[count + i]]) || 1);
    return { residual, chiSquared, tolerance };
  });
  const all = [...layers, ...heads];
  const total = (key: 'residual' | 'tolerance'): number =>
    Math.hypot(...all.map((l, i) => l[key] * gradientNorm([gradients[i]]))) / gradientNorm(gradients);
  return {
    residual: total('residual'),
    tolerance: total('tolerance'),
    worst: Math.max(head.agreement.worst, head.agreement.slack, ...layers.map((l) => l.worst)),
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

/** The head's noise: its features have come through the stack, so its rows are off by more than its own rounding. */
function widened(
  own: ArithmeticNoise,
  shared: readonly AffineLayer[],
  squares: readonly Float64Array[],
): ArithmeticNoise {
  const more = (of: readonly Float64Array[], entries: (i: number) => number): Float64Array[] =>
    of.map((rows, i) => rows.map((v, j) => Math.max(v, squares[i][j] / entries(i))));
  const columns = (i: number): number => shared[i].weight.columns;
  return {
    ...own,
    weight: more(own.weight, columns),
    aligned: more(own.aligned, columns),
    bias: more(own.bias, (i) => columns(i) + 1),
  };
}

function compare(
  shared: AffineLayer,
  replayed: AffineLayer,
  noise: Float64Array,
): { residual: number; tolerance: number; chiSquared: number; worst: number } {
  const misfit = rowSquares(gradientDifference([shared], [replayed])[0]);
  const size = sum(rowSquares(shared)) || 1;
  const ratios = misfit.map((v, j) => (v === 0 ? 0 : v / noise[j]));
  const live = ratios.filter((v) => v > 0);
  return {
    residual: Math.sqrt(sum(misfit) / size),
    tolerance: Math.sqrt((rowLimit * sum(noise)) / size),
    chiSquared: live.length === 0 ? 0 : sum(live) / live.length,
    worst: ratios.reduce((a, b) => Math.max(a, b), 0),
  };
}
