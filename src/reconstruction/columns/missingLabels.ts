import type { LossSubspace } from './lossSubspace';
import type { LossColumn } from './polish';

/**
 * Roughly how many samples of each label are still missing: the head's bias gradient is the sum of all loss vectors, of
 * which the found ones are taken away. Their lengths 1 - p_y are not known yet; 1 - 1/K is right for a fresh network. So
 * this says where to look first, not where not to look.
 */
export function missingLabels({ lossSum, head }: LossSubspace, columns: readonly LossColumn[]): Float64Array {
  const classes = head.columns;
  if (!lossSum) return new Float64Array(classes).fill(1);
  const left = lossSum.slice();
  const length = 1 - 1 / classes;
  for (const { g } of columns) {
    const label = g.reduce((best, x, c) => (Math.abs(x) > Math.abs(g[best]) ? c : best), 0);
    const unit = length / g[label];
    for (let c = 0; c < classes; c++) left[c] += unit * g[c];
  }
  return left.map((x) => Math.max(0, -x / length));
}
