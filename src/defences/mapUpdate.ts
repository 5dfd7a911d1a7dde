import { gradientDifference } from '../gradient/gradientDifference';
import { descend } from '../model/descend';
import type { AveragedGradient, ModelUpdate } from '../types';

/** The update whose difference, after minus before, is changed as a gradient of the same shapes; the network before stays. */
export function mapUpdate(
  update: ModelUpdate,
  change: (difference: AveragedGradient) => AveragedGradient,
): ModelUpdate {
  const { before, after, precision } = update;
  const moved = gradientDifference(after.dense, before.dense);
  const { gradients } = change({ gradients: moved, reduction: 'mean', precision });
  return { ...update, after: descend(before, gradients, -1) };
}
