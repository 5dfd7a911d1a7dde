import { combineRows } from '../math/combineRows';
import { gemm } from '../math/gemm';
import { axpy, row, transpose } from '../math/matrix';
import type { AffineLayer, Batch, DenseMatrix, Mlp } from '../types';
import { lossVectors } from './backward';
import { addBias } from './layers/dense';
import { rectified, silence } from './layers/relu';
import { mlpOf } from './mlp';
import { crossEntropy } from './softmax';

/** A network that is changed in place, its weights stored in x out: then zero inputs cost nothing, forward and back. */
export interface Trainable {
  readonly layers: readonly AffineLayer[];
}

export function toTrainable({ dense }: Mlp): Trainable {
  return { layers: dense.map(turned) };
}

/** A network of its own: later steps do not reach it. */
export function toNetwork({ layers }: Trainable): Mlp {
  return mlpOf(layers.map(turned));
}

function turned({ weight, bias }: AffineLayer): AffineLayer {
  return { weight: transpose(weight), ...(bias && { bias: bias.slice() }) };
}

/**
 * One update W -= rate * G of mean softmax cross-entropy, in place.
 *
 * @returns the mean loss before the update
 */
export function sgdStep({ layers }: Trainable, { inputs, labels }: Batch, rate: number): number {
  const head = layers.length - 1;
  const features: DenseMatrix[] = [inputs];
  layers.forEach(({ weight, bias }, i) => {
    const z = addBias(gemm(features[i], weight), bias);
    features.push(i < head ? rectified(z) : z);
  });
  const logits = features.pop() as DenseMatrix;
  let delta = lossVectors(logits, labels);
  for (let i = head; i >= 0; i--) {
    const layer = layers[i];
    const entering = features[i];
    // before the update: deltas belong to the weights of the forward pass
    const below = i > 0 ? silence(gemm(delta, layer.weight, { b: true }), entering) : delta;
    update(layer, entering, delta, -rate / inputs.rows);
    delta = below;
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
