import { fromRows, row } from '../../math/matrix';
import { forward } from '../../model/forward';
import { backward } from '../../model/backward';
import type { DenseMatrix, Network } from '../../types';
import type { LossSubspace } from './lossSubspace';
import { type LossColumn, polish } from './polish';

/** A sample that is known already, from exclusive neurons for instance. */
export interface KnownSample {
  readonly input: Float64Array;
  readonly label: number;
}

/** The columns of known samples: their deltas, by forward and backward pass, in coordinates of U. */
export function knownColumns(model: Network, space: LossSubspace, samples: readonly KnownSample[]): LossColumn[] {
  if (samples.length === 0) return [];
  const last = model.layers.length - 2;
  const labels = Int32Array.from(samples, (s) => s.label);
  const passes = forward(model, fromRows(samples.map((s) => s.input)));
  const delta = backward(model, passes, labels, last)[last] as DenseMatrix;
  const columns = samples.map((_, m) => {
    const full = row(delta, m);
    const v = Float64Array.from(space.live, (j) => full[j] as number);
    const q = Float64Array.from({ length: space.rank }, (_, k) =>
      row(space.ut, k).reduce((sum, x, j) => sum + x * (v[j] as number), 0),
    );
    const size = Math.hypot(...q);
    return size > 0 ? polish(space, q.map((x) => x / size)) : null;
  });
  return columns.filter((c) => c !== null);
}
