import { gradientDifference } from '../gradient/gradientDifference';
import { plus } from '../math/matrix';
import { mlpOf } from '../model/mlp';
import type { AffineLayer, AveragedGradient, ModelUpdate } from '../types';

/** The update whose difference, after minus before, is changed as a gradient of the same shapes; the network before stays. */
export function mapUpdate(
  update: ModelUpdate,
  change: (difference: AveragedGradient) => AveragedGradient,
): ModelUpdate {
  const { before, after, precision } = update;
  const moved = gradientDifference(after.dense, before.dense);
  const { gradients } = change({ gradients: moved, reduction: 'mean', precision });
  const layers = before.dense.map(({ weight, bias }, i): AffineLayer => {
    const way = gradients[i];
    const next = { weight: plus(weight, way.weight) };
    return bias ? { ...next, bias: bias.map((v, j) => v + (way.bias?.[j] ?? 0)) } : next;
  });
  return { ...update, after: mlpOf(layers) };
}
