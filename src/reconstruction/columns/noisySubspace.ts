import { norm, row, rowsOf, topRows } from '../../math/matrix';
import type { AffineLayer, AveragedGradient, Mlp } from '../../types';
import { homogeneous } from '../evidence/homogeneous';
import { leadingVectors, signalSubspace } from '../evidence/signalSubspace';
import { atMost } from '../rays/rays';
import { type LossSubspace, subspaceOn } from './lossSubspace';

/**
 * The loss subspace of a noisy gradient: rank and noise are those that the last ReLU layer's own spectrum shows, and rows
 * that hold nothing but noise are left out, since their zeros would pass for zeros of a support (SPEC 4).
 *
 * @returns null when no noise floor shows
 */
export function noisySubspace(model: Mlp, gradient: AveragedGradient): LossSubspace | null {
  const shared = gradient.gradients.at(-2) as AffineLayer;
  const signal = signalSubspace(shared.weight);
  if (!signal) return null;
  const rank = signal.right.rows;
  const deviation = norm(signal.residual.data) / Math.sqrt(signal.residual.data.length * signal.freedom);
  const least = Math.sqrt(atMost(rank)) * deviation;
  const live = Int32Array.from({ length: shared.weight.rows }, (_, j) => j).filter(
    (j) => norm(row(signal.coordinates, j)) > least,
  );
  const a = rowsOf(homogeneous(shared), live);
  const spare = 16; // directions beyond the rank, which let the power iterations settle on it
  if (rank + spare > Math.min(a.rows, a.columns)) return null;
  const { left, right, s } = leadingVectors(a, rank + spare);
  const noise = deviation * (Math.sqrt(a.rows) + Math.sqrt(a.columns));
  const factor = { u: topRows(left, rank), v: topRows(right, rank), s: s.slice(0, rank), rank, noise, full: false };
  return subspaceOn(model, gradient, live, factor, noise / s[0]);
}
