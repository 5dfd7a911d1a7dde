import { combineRows } from '../math/combineRows';
import { gemm } from '../math/gemm';
import { axpy, row, transpose } from '../math/matrix';
import type { AffineLayer, Batch, DenseMatrix, Mlp, PiecewiseLinear } from '../types';
import { float64 } from './arithmetic';
import { lossVectors } from './backward';
import { kindOf } from './layers';
import { addBias } from './layers/dense';
import { mlpOf } from './mlp';
import { crossEntropy } from './softmax';

/** A network that is changed in place, its weights stored in x out: then zero inputs cost nothing, forward and back. */
export interface Trainable {
  readonly layers: readonly AffineLayer[];
  readonly activations: readonly PiecewiseLinear[];
}

export function toTrainable({ dense, activations }: Mlp): Trainable {
  return { layers: dense.map(turned), activations };
}

/** A network of its own: later steps do not reach it. */
export function toNetwork({ layers, activations }: Trainable): Mlp {
  return mlpOf(layers.map(turned), activations);
}

function turned({ weight, bias }: AffineLayer): AffineLayer {
  return { weight: transpose(weight), ...(bias && { bias: bias.slice() }) };
}

/**
 * One update W -= rate * G of mean softmax cross-entropy, in place.
 *
 * @returns the mean loss before the update
 */
export function sgdStep({ layers, activations }: Trainable, { inputs, labels }: Batch, rate: number): number {
  const head = layers.length - 1;
  const features: DenseMatrix[] = [inputs];
  const z = layers.map(({ weight, bias }, i) => {
    const own = addBias(gemm(features[i], weight), bias);
    if (i < head) features.push(kindOf(activations[i]).forward(activations[i], own, float64));
    return own;
  });
  const logits = z[head];
  let delta = lossVectors(logits, labels);
  for (let i = head; i >= 0; i--) {
    const layer = layers[i];
    const entering = features[i];
    // before the update: deltas belong to the weights of the forward pass
    const below = i > 0 ? gemm(delta, layer.weight, { b: true }) : delta;
    update(layer, entering, delta, -rate / inputs.rows);
    if (i === 0) break;
    const own = activations[i - 1];
    delta = kindOf(own).backward(own, below, { entering: z[i - 1], leaving: entering }, float64);
  }
  return meanLoss(logits, labels);
}

/** W += scale * Fᵀ delta, b += scale * sum_m delta^m. */
function update({ weight, bias }: AffineLayer, features: DenseMatrix, delta: DenseMatrix, scale: number): void {
  for (let k = 0; k < weight.rows; k++)
    combineRows(row(weight, k), delta, features.data, { start: k, stride: weight.rows, scale });
  if (bias) for (let m = 0; m < delta.rows; m++) axpy(scale, row(delta, m), bias);
}

function meanLoss(logits: DenseMatrix, labels: Int32Array): number {
  let total = 0;
  for (let m = 0; m < logits.rows; m++) total += crossEntropy(row(logits, m), labels[m]);
  return total / logits.rows;
}
