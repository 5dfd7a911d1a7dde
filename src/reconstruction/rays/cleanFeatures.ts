/**
 * Features that left a ReLU, freed of noise: a negative entry is noise and measures it, and everything of that size is
 * zero. Which entries are positive is the activation pattern of the layer below, so a wrong one costs more than its size.
 *
 * @param noise relative noise known beforehand; entries under 30 * noise * largest count as zero when noise shows at all
 * @returns null when the noise is above `limit` times the largest entry: these are no features
 */
export function cleanFeatures(f: Float64Array, noise: number, limit: number): Float64Array | null {
  const largest = Math.max(...f);
  const smallest = Math.min(...f);
  if (!(-smallest <= limit * largest)) return null;
  if (smallest >= 0 && f.includes(0)) return f; // untouched rows have exact zeros
  const cut = Math.max(-2 * smallest, 30 * noise * largest);
  return f.map((v) => (v > cut ? v : 0));
}
