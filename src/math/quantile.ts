/**
 * The value below which this fraction of all lies; undefined without values.
 *
 * @param fraction in [0, 1]; 0.5 is the median, the upper one of two
 * @example
 * quantile([4, 1, 3, 2], 0.5);  // => 3
 */
export function quantile(values: ArrayLike<number>, fraction: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))];
}
