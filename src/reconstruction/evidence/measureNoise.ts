import { dot, row } from '../../math/matrix';
import type { AffineLayer, AveragedGradient, DenseMatrix } from '../../types';
import { fitNoise, type LayerNoise, type NoiseModel, noiseOfValues } from './noiseModel';
import { type SignalSubspace, signalSubspace } from './signalSubspace';

/** Noise of a layer as the gradient itself shows it. */
export interface MeasuredLayer extends LayerNoise {
  /** where the layer's weights stand out of their noise; null at the head, where nothing shows it */
  readonly signal: SignalSubspace | null;
  /** of the weights as far as the subspace shows it: what pruning took counts as noise */
  readonly subspace: NoiseModel;
}

/**
 * Noise of every array, measured on the gradient alone: outside of the few directions in which G_i stands out, and at the
 * head by its columns, which sum to zero.
 *
 * @param floor relative rounding below which nothing is believed
 * @returns null when a layer shows no noise floor, since the batch is as large as it is wide
 */
export function measureNoise({ gradients }: AveragedGradient, floor: number): MeasuredLayer[] | null {
  const head = gradients.length - 1;
  const layers: MeasuredLayer[] = [];
  for (const [i, layer] of gradients.entries()) {
    const measured = i === head ? headNoise(layer, floor) : hiddenNoise(layer, floor);
    if (!measured) return null;
    layers.push(measured);
  }
  return layers;
}

function hiddenNoise({ weight, bias }: AffineLayer, floor: number): MeasuredLayer | null {
  const signal = signalSubspace(weight);
  if (!signal) return null;
  const fitted = fitNoise(signal.residual.data, squared(weight.data), signal.freedom);
  const subspace = { ...fitted, relative: Math.max(fitted.relative, floor) };
  const own = noiseOfValues(weight.data, subspace, floor);
  if (!bias) return { signal, subspace, weight: own, bias: own };
  const rest = bias.slice();
  for (let k = 0; k < signal.left.rows; k++) {
    const u = row(signal.left, k);
    const c = dot(u, bias); // gb_i lies in the column space of G_i when the features are independent
    for (let j = 0; j < rest.length; j++) rest[j] -= c * u[j];
  }
  const biasFit = fitNoise(rest, squared(bias), 1 - signal.left.rows / bias.length);
  return { signal, subspace, weight: own, bias: noiseOfValues(bias, biasFit, floor) };
}

/** Loss vectors sum to zero, hence so does every column of the head's gradient. */
function headNoise({ weight, bias }: AffineLayer, floor: number): MeasuredLayer {
  const sums = new Float64Array(weight.columns);
  const squares = new Float64Array(weight.columns);
  for (let k = 0; k < weight.rows; k++)
    row(weight, k).forEach((v, j) => {
      sums[j] += v;
      squares[j] += v * v;
    });
  const subspace = fitNoise(sums, squares, weight.rows);
  const own = noiseOfValues(weight.data, subspace, floor);
  // one sum of K biases says little: noise in proportion to the weights' is assumed
  const ratio = bias ? rms(bias) / rms(weight.data) : 1;
  const scaled = { ...subspace, additive: subspace.additive * ratio };
  return { signal: null, subspace, weight: own, bias: bias ? noiseOfValues(bias, scaled, floor) : own };
}

function rms(values: Float64Array): number {
  return Math.sqrt(dot(values, values) / values.length) || 1;
}

function squared(values: Float64Array): Float64Array {
  return values.map((v) => v * v);
}

/** Per row, the mean variance of its coordinates: its entries' variances by their leverage on the subspace. */
export function coordinateVariance(weight: DenseMatrix, subspace: NoiseModel, right: DenseMatrix): Float64Array {
  const leverage = new Float64Array(weight.columns);
  for (let k = 0; k < right.rows; k++)
    row(right, k).forEach((v, d) => {
      leverage[d] += (v * v) / right.rows;
    });
  const { additive, relative } = subspace;
  return Float64Array.from({ length: weight.rows }, (_, j) => {
    const g = row(weight, j);
    let sum = 0;
    for (let d = 0; d < g.length; d++) sum += leverage[d] * (additive ** 2 + (relative * g[d]) ** 2);
    return sum;
  });
}
