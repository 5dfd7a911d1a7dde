import { dot, norm, row } from '../../math/matrix';
import type { AffineLayer, AveragedGradient, DenseMatrix, Mlp } from '../../types';
import { fitNoise, type NoiseModel, noiseOfValues, varianceOf } from './noiseModel';
import { type SignalSubspace, signalSubspace } from './signalSubspace';

/** What the attack needs to know of the noise, measured on the gradient alone. */
export interface MeasuredNoise {
  readonly signal: SignalSubspace;
  /** of G_0 as far as the subspace shows it: what pruning took counts as noise */
  readonly subspace: NoiseModel;
  /** of the entries of G_0, of gb_0 and of G_1 */
  readonly weight: NoiseModel;
  readonly bias: NoiseModel;
  readonly above: NoiseModel;
  /** misfit of Euler's identity per neuron (see eulerNoise) over what this noise explains; about 1 for the right model */
  readonly unexplained: number;
}

/**
 * Measures the noise per array: G_0 and gb_0 outside of the signal's subspace, the head by its columns, which sum to zero.
 *
 * @returns null when layer 0 has no biases or the gradient shows no noise floor
 */
export function measureNoise(model: Mlp, gradient: AveragedGradient): MeasuredNoise | null {
  const { weight, bias } = gradient.gradients[0];
  const above = (gradient.gradients[1] as AffineLayer | undefined)?.weight;
  if (!bias || !above) return null;
  const signal = signalSubspace(weight);
  if (!signal) return null;
  const floor = gradient.precision === 'float32' ? 2 ** -24 : 2 ** -46;
  const fitted = fitNoise(signal.residual.data, squared(weight.data), signal.freedom);
  const subspace = { ...fitted, relative: Math.max(fitted.relative, floor) };
  const biasRest = bias.slice();
  for (let k = 0; k < signal.left.rows; k++) {
    const u = row(signal.left, k);
    const c = dot(u, bias); // gb_0 lies in the column space of G_0 when the inputs are independent
    biasRest.forEach((v, j) => {
      biasRest[j] = v - c * u[j];
    });
  }
  const biasFit = fitNoise(biasRest, squared(bias), 1 - signal.left.rows / bias.length);
  const atHead = gradient.gradients.length === 2;
  const aboveFit = atHead ? headNoise(above) : middleNoise(above);
  if (!aboveFit) return null;
  const known = {
    signal,
    subspace,
    weight: noiseOfValues(weight.data, subspace, floor),
    bias: noiseOfValues(bias, biasFit, floor),
    above: noiseOfValues(above.data, aboveFit, floor),
  };
  return { ...known, unexplained: eulerMisfit(model, gradient, known) };
}

function squared(values: Float64Array): Float64Array {
  return values.map((v) => v * v);
}

/** Loss vectors sum to zero, hence so does every column of the head's gradient. */
function headNoise(head: DenseMatrix): NoiseModel {
  const sums = new Float64Array(head.columns);
  const squares = new Float64Array(head.columns);
  for (let k = 0; k < head.rows; k++)
    row(head, k).forEach((v, j) => {
      sums[j] += v;
      squares[j] += v * v;
    });
  return fitNoise(sums, squares, head.rows);
}

function middleNoise(above: DenseMatrix): NoiseModel | null {
  const signal = signalSubspace(above);
  return signal && fitNoise(signal.residual.data, squared(above.data), signal.freedom);
}

/** Median over the neurons of (W_j . G_j + b_j gb_j - W_{1,j} . G_{1,j})² over its variance; a chi-squared has 0.455. */
function eulerMisfit(model: Mlp, { gradients }: AveragedGradient, noise: Omit<MeasuredNoise, 'unexplained'>): number {
  const [lower, upper] = model.dense;
  const [shared, sharedAbove] = gradients as [AffineLayer, AffineLayer];
  const width = lower.weight.rows;
  const ratios = Array.from({ length: width }, (_, j) => {
    const w = row(lower.weight, j);
    const g = row(shared.weight, j);
    const [c, gb] = [(lower.bias as Float64Array)[j], (shared.bias as Float64Array)[j]];
    let left = dot(w, g) + c * gb;
    let variance = c * c * varianceOf(noise.bias, gb);
    for (let d = 0; d < w.length; d++) variance += w[d] ** 2 * varianceOf(noise.subspace, g[d]);
    for (let k = 0; k < upper.weight.rows; k++) {
      const [x, y] = [upper.weight.data[k * width + j], sharedAbove.weight.data[k * width + j]];
      left -= x * y;
      variance += x * x * varianceOf(noise.above, y);
    }
    const rounding = 1e-30 * (norm(w) * norm(g)) ** 2;
    return left === 0 ? 0 : left ** 2 / (variance + rounding);
  });
  ratios.sort((a, b) => a - b);
  return ratios[Math.floor(width / 2)] / 0.455;
}
