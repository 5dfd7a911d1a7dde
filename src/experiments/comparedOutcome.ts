import { confidence, type Interval } from '../math/confidence';
import { quantile } from '../math/quantile';
import type { ContestRow } from './contest';

/** What an attack came to over the seeds, at one batch size. */
export interface ComparedOutcome {
  readonly attack: string;
  readonly size: number;
  readonly batches: number;
  /** samples of a batch at a mean squared error of at most 1e-6, and at 20 dB */
  readonly exact: Interval;
  readonly visible: Interval;
  /** medians over the seeds */
  readonly psnr: number;
  readonly seconds: number;
  /** until a first sample was visible, the median where there was one; null where there was none */
  readonly firstSeconds: number | null;
  /** null where the attack does not say, or was told them */
  readonly labels: Interval | null;
}

/**
 * Rows of a comparison summed up: one for each attack and size, in their order.
 *
 * @example
 * const rows = await attackComparison(digits, [contestants['row-ratios']], { sizes: [8], seeds: [1, 2] });
 * summedUp(rows)[0]?.visible.mean;  // => 8
 */
export function summedUp(rows: readonly ContestRow[]): ComparedOutcome[] {
  const keys = new Map(rows.map(({ attack, size }) => [`${attack} ${size}`, { attack, size }]));
  return [...keys.values()].map(({ attack, size }) => {
    const own = rows.filter((r) => r.attack === attack && r.size === size);
    const first = own.flatMap((r) => r.firstSeconds ?? []);
    const labels = own.flatMap((r) => r.labels ?? []);
    return {
      ...{ attack, size, batches: own.length },
      exact: confidence(own.map((r) => r.exact)),
      visible: confidence(own.map((r) => r.visible)),
      psnr: quantile(
        own.map((r) => r.psnr),
        0.5,
      ),
      seconds: quantile(
        own.map((r) => r.seconds),
        0.5,
      ),
      firstSeconds: first.length > 0 ? quantile(first, 0.5) : null,
      labels: labels.length > 0 ? confidence(labels) : null,
    };
  });
}
