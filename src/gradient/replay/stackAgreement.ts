import { sum } from '../../math/matrix';
import { hasWeights } from '../../model/layers';
import type { AffineLayer, AveragedGradient, Batch, ConvNet, DenseMatrix } from '../../types';
import { type Agreement, rowLimit } from '../agreement';
import { gradientNorm } from '../gradientDifference';
import { gradientState } from '../gradientState';
import { headReplay } from './headReplay';
import { type LayerAgreement, layerHolds } from './layerAgreement';
import { layerReplay } from './layerReplay';
import { type Pass, type Passes, passesOf } from './passes';
import { allDown, replayNoise } from './replayNoise';

/** How the replay of a convolutional network's batch compares with the shared gradient. */
export interface StackAgreement {
  /** ||replayed - shared|| / ||shared|| over all layers */
  readonly residual: number;
  /** what the arithmetic may leave of it */
  readonly tolerance: number;
  /** squared residual of the worst row of any layer over its expected size */
  readonly worst: number;
  readonly layers: readonly Omit<LayerAgreement, 'worst'>[];
  readonly holds: boolean;
  /** what arithmetic and the inputs' errors may do to the gradient: squared, per layer with weights and row, bias included */
  readonly noise: readonly Float64Array[];
  /** what leaves the stack */
  readonly features: DenseMatrix;
}

/** Where a replay has come to. */
export interface Place {
  /** its deltas are at what enters this layer */
  readonly from: number;
  readonly passes: Passes;
  /** the replay itself: the exact pass, but for the loss vectors' errors */
  readonly own: Pass;
}

/**
 * The rule of `agreement` for a network with convolutions. Rows are held against what the arithmetic does to the same batch, found
 * by computing it in float32 and in float64, and what the inputs' errors do: there is no closed form that is as good through many
 * convolutions. Neurons within rounding of zero fire as the shared gradient has them (settleFlips). Loss vectors may be off by what
 * cancels in p - 1 (method 13), as in fully connected networks. Takes seconds for large batches, and may be left between its steps.
 *
 * @param shares weight of each sample in the gradient
 * @param errors root mean square error that each input is known to. @default 0
 */
export function* stackAgreement(
  net: ConvNet,
  gradient: AveragedGradient,
  batch: Batch,
  shares: Float64Array,
  errors: Float64Array = new Float64Array(shares.length),
): Generator<void, StackAgreement> {
  const start = yield* passesOf(net, batch, shares, gradient.precision, errors);
  const { values } = start.exact;
  const [inStack, inHead] = weightedAt(net);
  const { passes, rows } = yield* headRows(net, gradient, start, inHead);
  const state = gradientState(net.head, { ...batch, inputs: values[net.stack.length] }, { shares });
  const { agreement, delta } = headReplay(net, gradient, batch.labels, state, rows);
  const masks: DenseMatrix[] = [...values];
  let place: Place = { from: net.stack.length, passes, own: { ...start.exact, delta } };
  const layers: LayerAgreement[] = [];
  for (let i = inStack.length - 1; i >= 0; i--) {
    const replayed = yield* layerReplay(net, gradient, place, { k: inStack[i], array: i, masks });
    layers.unshift(replayed.agreement);
    rows.unshift(replayed.noise);
    place = replayed.below;
  }
  return { ...verdictOf(gradient.gradients, layers, agreement, rows), features: values[net.stack.length] };
}

/** @param rows expected square of each row of the gap, all layers */
function verdictOf(
  gradients: readonly AffineLayer[],
  stack: readonly LayerAgreement[],
  head: Agreement,
  rows: readonly Float64Array[],
): Omit<StackAgreement, 'features'> {
  const sizes = gradients.map((layer) => gradientNorm([layer]) || 1);
  const heads = head.layers.map(({ residual, chiSquared }, i) => {
    const at = stack.length + i;
    return { residual, chiSquared, tolerance: Math.sqrt(rowLimit * sum(rows[at])) / sizes[at] };
  });
  const layers = [...stack.map(({ worst, ...rest }) => rest), ...heads];
  const total = (key: 'residual' | 'tolerance'): number =>
    Math.hypot(...layers.map((l, i) => l[key] * sizes[i])) / gradientNorm(gradients);
  return {
    residual: total('residual'),
    tolerance: total('tolerance'),
    worst: Math.max(head.worst, head.slack, ...stack.map((l) => l.worst)),
    layers,
    holds: head.holds && stack.every(layerHolds),
    noise: rows,
  };
}

/** What is expected of the head's rows, and the passes at what leaves the stack. */
function* headRows(
  net: ConvNet,
  { precision }: AveragedGradient,
  start: Passes,
  inHead: readonly number[],
): Generator<void, { readonly passes: Passes; readonly rows: Float64Array[] }> {
  const masks = start.exact.values;
  const rows: Float64Array[] = [];
  let [passes, from] = [start, net.layers.length];
  for (const k of [...inHead].reverse()) {
    passes = allDown(net, passes, masks, [from, k]);
    from = k + 1;
    rows.unshift(yield* replayNoise(net, passes, k, precision));
  }
  return { passes: allDown(net, passes, masks, [from, net.stack.length - 1]), rows };
}

/** Indices of the layers with weights, in the stack and in the head. */
export function weightedAt({ layers, stack }: ConvNet): readonly [number[], number[]] {
  const all = [...layers.keys()].filter((k) => hasWeights(layers[k]));
  return [all.filter((k) => k < stack.length), all.filter((k) => k >= stack.length)];
}
