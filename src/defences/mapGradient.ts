import { axpy, matrix } from '../math/matrix';
import type { AffineLayer, AveragedGradient } from '../types';

/** The gradient with every array replaced by `change(values, layer)`; weights first, then biases. */
export function mapGradient(
  gradient: AveragedGradient,
  change: (values: Float64Array, layer: number, part: 'weight' | 'bias') => Float64Array,
): AveragedGradient {
  const gradients = gradient.gradients.map(({ weight, bias }, i): AffineLayer => {
    const changed = matrix(weight.rows, weight.columns, change(weight.data, i, 'weight'));
    return bias ? { weight: changed, bias: change(bias, i, 'bias') } : { weight: changed };
  });
  return { ...gradient, gradients };
}

/** Adds a multiple of a layer's weights or biases to `values`; of biases that it lacks, nothing. */
export function addPart(
  factor: number,
  { weight, bias }: AffineLayer,
  part: 'weight' | 'bias',
  values: Float64Array,
): void {
  const from = part === 'weight' ? weight.data : bias;
  if (from) axpy(factor, from, values);
}

/** The gradient with whole rows (weights and bias) of one layer set to zero. */
export function zeroRows(gradient: AveragedGradient, layer: number, rows: Iterable<number>): AveragedGradient {
  const silent = new Set(rows);
  if (silent.size === 0) return gradient;
  return mapGradient(gradient, (values, i) => {
    if (i !== layer) return values;
    const result = values.slice();
    const width = values.length / (gradient.gradients[i]?.weight.rows ?? 1);
    for (const j of silent) result.fill(0, j * width, (j + 1) * width);
    return result;
  });
}
