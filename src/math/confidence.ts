import { check } from '../check';

/** A mean with its 95 % confidence interval over repetitions. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** 97.5 % quantiles of Student's t for 1..30 degrees of freedom. */
const student = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/**
 * Mean and 95 % confidence interval of independent repetitions (Student's t; 1.96 beyond 31 values). One value has no
 * interval: low and high are infinite.
 *
 * @throws InputError without values
 * @example
 * confidence([1, 2, 3]);  // => { mean: 2, low: -0.484, high: 4.484 }
 */
export function confidence(values: readonly number[]): Interval {
  const n = values.length;
  check(n > 0, () => 'confidence: no values, expected at least one');
  const mean = values.reduce((sum, v) => sum + v, 0) / n;
  if (n === 1) return { mean, low: -Infinity, high: Infinity };
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1);
  const half = (student[n - 2] ?? 1.96) * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}
