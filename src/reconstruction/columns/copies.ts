import { dot, row } from '../../math/matrix';
import { forward } from '../../model/forward';
import { lossVector } from '../../model/softmax';
import type { Mlp, Reduction } from '../../types';
import type { TopFeatures } from './inputs';

/** How often each distinct sample stands in the batch. */
export interface Copies {
  readonly counts: Int32Array;
  /** M, copies included */
  readonly batchSize: number;
}

/**
 * Equal samples make one column with a larger share: the solved loss vectors are g k / M for k copies in a batch of M
 * (`mean`) or g k (`sum`), and g itself follows from the features by the head.
 *
 * @returns null when no M up to eight times the rank makes all shares whole numbers
 */
export function copies(model: Mlp, { features, labels, losses }: TopFeatures, reduction: Reduction): Copies | null {
  const last = model.dense.length - 2;
  const { logits } = forward(model, features, last);
  const shares = Float64Array.from({ length: features.rows }, (_, m) => {
    const g = lossVector(row(logits, m), labels[m]);
    return dot(g, row(losses, m)) / dot(g, g);
  });
  const whole = (batchSize: number): Int32Array | null => {
    const scaled = shares.map((s) => s * batchSize);
    const fits = scaled.every((s) => s > 0.5 && Math.abs(s - Math.round(s)) < 0.1);
    return fits ? Int32Array.from(scaled, Math.round) : null;
  };
  const total = (counts: Int32Array): number => counts.reduce((sum, c) => sum + c, 0);
  if (reduction === 'sum') {
    const counts = whole(1);
    return counts && { counts, batchSize: total(counts) };
  }
  for (let batchSize = features.rows; batchSize <= 8 * features.rows; batchSize++) {
    const counts = whole(batchSize);
    if (counts && total(counts) === batchSize) return { counts, batchSize };
  }
  return null;
}
