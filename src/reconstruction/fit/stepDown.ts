import { leastSquares } from '../../math/leastSquares';
import { fromRows, norm, row, transpose } from '../../math/matrix';
import { alignedSum } from '../../math/parallelRows';
import { deltaBelow } from '../../model/backward';
import type { Mlp } from '../../types';
import type { KnownSample } from '../evidence/knownSample';
import type { Remainder } from '../evidence/remainder';
import { cleanFeatures } from '../rays/cleanFeatures';

/** One step down: the features that enter `layer`, for samples known above it. */
export interface StepDown {
  /** widths[layer] entries per sample, or null where the layer does not determine them */
  readonly features: readonly (Float64Array | null)[];
  readonly rank: number;
  readonly condition: number;
}

/**
 * Features entering a layer from A_i = Deltaᵀ [F, 1] once all deltas of that layer are known (SPEC 3.4 and 5): a row that
 * only one sample drives gives its features directly, the rest is solved by least squares.
 *
 * @param samples all samples of the batch not yet known at this layer, each known from layer + 1 up
 * @param left the remainder, in which only these samples are left at this layer
 */
export function stepDown(model: Mlp, left: Remainder, layer: number, samples: readonly KnownSample[]): StepDown {
  const above = model.dense[layer + 1];
  const delta = samples.map((s) => deltaBelow(above, s.deltas[layer + 1], s.features[layer + 1]).data);
  const a = left.layers[layer];
  const width = model.widths[layer];
  const exclusive = exclusiveRows(delta);
  const columns = transpose(fromRows(delta));
  const { solution, rank, condition } = leastSquares(columns, a);
  const dependent = rank < samples.length;
  const features = samples.map((_, m) => {
    const rows = exclusive[m];
    if (rows.length > 0) return fromRow(alignedSum(a, rows), width, scaleOf(rows, delta[m]));
    return dependent ? null : fromRow(row(solution, m), width, 1);
  });
  if (layer === 0) return { features, rank, condition };
  const scale = norm(left.scales[layer]);
  const clean = features.map((f, m) => {
    const noise = (left.noise * scale) / (norm(delta[m]) * norm(f ?? new Float64Array(1)));
    return f && cleanFeatures(f, Math.min(noise, 1e-3), 1e-2);
  });
  return { features: clean, rank, condition };
}

/** Rows where one sample's delta is on and all others are off. */
function exclusiveRows(delta: readonly Float64Array[]): number[][] {
  const owned: number[][] = delta.map(() => []);
  for (let j = 0; j < (delta[0]?.length ?? 0); j++) {
    const on = [...delta.keys()].filter((m) => delta[m]?.[j] !== 0);
    if (on.length === 1) owned[on[0]]?.push(j);
  }
  return owned;
}

/** Sum of delta_j over the rows, each turned to the side of the first as {@link alignedSum} turns the rows. */
function scaleOf(rows: readonly number[], delta: Float64Array): number {
  const first = Math.sign(delta[rows[0]]);
  return first * rows.reduce((sum, j) => sum + Math.abs(delta[j]), 0);
}

/** [f; 1] scaled: divided by its last entry where there is one, else by the known scale. */
function fromRow(values: Float64Array, width: number, scale: number): Float64Array | null {
  const divisor = values.length > width ? values[width] : scale;
  if (!(Math.abs(divisor) > 1e-13 * norm(values))) return null;
  return values.subarray(0, width).map((v) => v / divisor);
}
