import { masked } from '../../gradient/gradientState';
import { gemm } from '../../math/gemm';
import { matrix } from '../../math/matrix';
import { deltaBelow } from '../../model/backward';
import { type Activations, forward } from '../../model/forward';
import { factorsOf } from '../../model/layers/pieces';
import { lossVector } from '../../model/softmax';
import type { DenseMatrix, Mlp } from '../../types';

/** A sample as far as the attack knows it: from layer `level` upwards. */
export interface Sample {
  /** the lowest layer whose entering features are known; 0 means that the input itself is */
  readonly level: number;
  readonly label: number;
  /** its weight in the average: 1/M, or 1 under `sum`; null while the scale is open (K = 2 without biases) */
  readonly weight: number | null;
  /** deviation of the features that enter `level`, per entry */
  readonly error: number;
  /** forward pass from `level` */
  readonly pass: Activations;
  /** deltas[i] = weight * delta_i, its share of the gradient (1 x widths[i+1]), for i >= level */
  readonly deltas: readonly DenseMatrix[];
  /** variances of the deltas' entries, as far as the loss vector is known no better */
  readonly deltaVariance: readonly DenseMatrix[];
}

/**
 * A sample from its features and its weighted loss vector; the rest follows by forward pass and delta_i = D_i W_{i+1}ᵀ delta_{i+1}
 * (method 1).
 *
 * @param known level, features entering it (or the pass from there), and what else is known
 * @param loss weight * g, length K
 * @param lossVariance of its entries
 */
export function sampleFrom(
  model: Mlp,
  known: Pick<Sample, 'level' | 'weight' | 'error'> & { readonly features?: Float64Array; readonly pass?: Activations },
  loss: Float64Array,
  lossVariance: Float64Array = new Float64Array(loss.length),
): Sample {
  const { level, weight, error, features = new Float64Array(0) } = known;
  const pass = known.pass ?? forward(model, matrix(1, features.length, features), level);
  const deltas: DenseMatrix[] = [];
  const deltaVariance: DenseMatrix[] = [];
  const head = model.dense.length - 1;
  deltas[head] = matrix(1, loss.length, loss);
  deltaVariance[head] = matrix(1, loss.length, lossVariance);
  for (let i = head - 1; i >= level; i--)
    [deltas[i], deltaVariance[i]] = below(model, { pass, deltas, deltaVariance }, i);
  return { level, label: loss.indexOf(Math.min(...loss)), weight, error, pass, deltas, deltaVariance };
}

/** Layer i's deltas from those above, and their variance: both D_i W_{i+1}ᵀ, of weights and of squared weights. */
export function below(
  model: Mlp,
  { pass, deltas, deltaVariance }: Pick<Sample, 'pass' | 'deltas' | 'deltaVariance'>,
  i: number,
): [DenseMatrix, DenseMatrix] {
  const { weight } = model.dense[i + 1];
  const squares = { weight: { ...weight, data: weight.data.map((v) => v * v) } };
  const [above, own] = [pass.features[i + 1], model.activations[i]];
  const variance = deltaBelow(squares, deltaVariance[i + 1], above, own);
  return [deltaBelow({ weight }, deltas[i + 1], above, own), masked(variance, factorsOf(own, above, 'leaving'))];
}

/** A sample whose input, label and weight are known: its loss vector follows by the forward pass. */
export function sampleAt(
  model: Mlp,
  {
    input,
    label,
    weight,
    error,
  }: { readonly input: Float64Array; readonly label: number; readonly weight: number; readonly error: number },
): Sample {
  const pass = forward(model, matrix(1, input.length, input));
  const loss = lossVector(pass.logits.data, label).map((v) => v * weight);
  return { ...sampleFrom(model, { level: 0, weight, error, pass }, loss), label };
}

/** Features entering layer i. */
export function featuresAt({ pass }: Pick<Sample, 'pass'>, i: number): Float64Array {
  return pass.features[i].data;
}

/** Pre-activations of layer i. */
export function preActivationsAt({ pass }: Pick<Sample, 'pass'>, i: number): Float64Array {
  return pass.values[2 * i + 1].data; // an activation follows each layer but the head
}

/** weight * W_{i+1}ᵀ delta_{i+1}: delta_i as it would be if every neuron were on. */
export function unmaskedDelta(model: Mlp, { deltas }: Sample, i: number): Float64Array {
  return gemm(deltas[i + 1], model.dense[i + 1].weight).data;
}
