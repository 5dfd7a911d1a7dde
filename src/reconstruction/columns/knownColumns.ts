import { fromRows } from '../../math/matrix';
import type { Mlp } from '../../types';
import { acceptable } from './acceptable';
import { columnsOf } from './columnsOf';
import type { LossSubspace } from './lossSubspace';
import type { LossColumn } from './polish';

/** A sample that is known already, from exclusive neurons for instance. */
export interface KnownSample {
  readonly input: Float64Array;
  readonly label: number;
}

/** The columns of known samples; those that the gradient does not confirm are left out. */
export function knownColumns(model: Mlp, space: LossSubspace, samples: readonly KnownSample[]): LossColumn[] {
  if (samples.length === 0) return [];
  const inputs = fromRows(samples.map((s) => s.input));
  const labels = Int32Array.from(samples, (s) => s.label);
  return columnsOf(model, space, inputs, labels, 0).filter((c): c is LossColumn => c !== null && acceptable(c));
}
