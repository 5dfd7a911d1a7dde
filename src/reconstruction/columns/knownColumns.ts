import { fromRows } from '../../math/matrix';
import type { Sample } from '../evidence/sample';
import { columnsOf } from './columnsOf';
import type { LossSubspace } from './lossSubspace';
import { acceptable, type LossColumn } from './polish';

/** The columns of known samples; those that the gradient does not confirm are left out. */
export function knownColumns(space: LossSubspace, samples: readonly Sample[]): LossColumn[] {
  if (samples.length === 0) return [];
  const [deltas, losses] = [2, 1].map((below) => fromRows(samples.map((s) => s.deltas[s.deltas.length - below].data)));
  return columnsOf(space, [deltas, losses]).filter((c) => c !== null && acceptable(c)) as LossColumn[];
}
