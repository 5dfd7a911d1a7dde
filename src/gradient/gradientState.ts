import { gemm } from '../math/gemm';
import { columnSums, matrix, row } from '../math/matrix';
import { affine } from '../model/layers/dense';
import { factorsOf, valuesOn } from '../model/layers/pieces';
import { lossVector, softmaxRows } from '../model/softmax';
import type { AffineLayer, Batch, DenseMatrix, Mlp } from '../types';

/** All that the gradient of a batch is made of, at some inputs, with the activation patterns held fixed. */
export interface GradientState {
  /** features[i] enters layer i (M x widths[i]) */
  readonly features: readonly DenseMatrix[];
  /** preActivations[i] leave layer i (M x widths[i+1]); the last are the logits */
  readonly preActivations: readonly DenseMatrix[];
  /** patterns[i]: derivative of hidden layer i's activation, for ReLU 1 where a neuron fires, else 0 (M x widths[i+1]) */
  readonly patterns: readonly DenseMatrix[];
  /** M x K */
  readonly probabilities: DenseMatrix;
  /** M x K */
  readonly logits: DenseMatrix;
  /** deltas[i] times each sample's share (M x widths[i+1]) */
  readonly deltas: readonly DenseMatrix[];
  /** each sample's weight in the gradient: 1/M for `mean` */
  readonly shares: Float64Array;
}

/** Options of {@link gradientState}. */
export interface StateOptions {
  /** @default those of the forward pass */
  readonly patterns?: readonly (DenseMatrix | undefined)[];
  /** @default 1 for every sample: the summed gradient */
  readonly shares?: Float64Array;
  /** added to the loss vectors, before the shares (M x K). @default none */
  readonly slack?: DenseMatrix;
}

/** Forward and backward pass of a batch (method 1). */
export function gradientState(model: Mlp, { inputs, labels }: Batch, options: StateOptions = {}): GradientState {
  const { shares = new Float64Array(inputs.rows).fill(1), slack } = options;
  const head = model.dense.length - 1;
  const features = [inputs];
  const preActivations: DenseMatrix[] = [];
  const patterns: DenseMatrix[] = [];
  for (let i = 0; i < head; i++) {
    const z = affine(model.dense[i], features[i]);
    const own = model.activations[i];
    patterns.push(options.patterns?.[i] ?? factorsOf(own, z, 'entering'));
    preActivations.push(z);
    features.push(valuesOn(own, z, patterns[i]));
  }
  const logits = affine(model.dense[head], features[head]);
  preActivations.push(logits);
  const probabilities = softmaxRows(logits);
  const losses = matrix(logits.rows, logits.columns);
  for (let m = 0; m < inputs.rows; m++) {
    const g = lossVector(row(logits, m), labels[m]);
    row(losses, m).set(g.map((v, c) => shares[m] * (v + (slack ? slack.data[m * g.length + c] : 0))));
  }
  const deltas: DenseMatrix[] = [];
  deltas[head] = losses;
  for (let i = head - 1; i >= 0; i--) deltas[i] = masked(gemm(deltas[i + 1], model.dense[i + 1].weight), patterns[i]);
  return { features, preActivations, patterns, probabilities, logits, deltas, shares };
}

/** The gradient at a state: G_i = Delta_iᵀ F_i and gb_i = Delta_iᵀ 1 (method 1). */
export function gradientAt(
  model: Mlp,
  { features, deltas }: Pick<GradientState, 'features' | 'deltas'>,
): AffineLayer[] {
  return model.dense.map(({ bias }, i) => ({
    weight: gemm(deltas[i], features[i], { a: true }),
    ...(bias && { bias: columnSums(deltas[i]) }),
  }));
}

/** a times the pattern, entry by entry, in place. */
export function masked(a: DenseMatrix, pattern: DenseMatrix): DenseMatrix {
  for (let k = 0; k < a.data.length; k++) a.data[k] *= pattern.data[k];
  return a;
}
