import { sum } from '../../math/matrix';

/** Copies of one sample, at most. */
const most = 32;
/** Weights of samples that stand as often differ by less: the network moved, for some more than for others, and a last mini-batch may be smaller. */
const spread = 0.3;

/**
 * How often each distinct sample may stand in the batch: once each, or numbers in the ratios of how much they moved the weights, small ones,
 * since nothing tells a batch from one in which every sample stands twice as often.
 *
 * @param sizes samples that the batch may have, where its mini-batches tell it. @default any
 */
export function equalSamples(weights: Float64Array, sizes: readonly number[] = []): number[][] {
  const once = Array.from(weights, () => 1);
  const least = weights.reduce((a, b) => Math.min(a, b));
  if (!(least > 0)) return [once];
  const units = [1.2, 1.4].flatMap((width) => {
    const lowest = weights.filter((w) => w < width * least);
    const usual = sum(lowest) / lowest.length;
    return [usual, usual / 2, usual / 3];
  });
  const inRatio = units.flatMap((unit) => {
    const shares = Array.from(weights, (w) => w / unit);
    const copies = shares.map((s) => Math.max(1, Math.round(s)));
    const fits = shares.every((s, m) => Math.abs(s - copies[m]) < spread * Math.sqrt(copies[m]));
    return fits && copies.some((c) => c !== copies[0]) ? [copies] : [];
  });
  const several = [...sizes.map((size) => apportioned(weights, size)), ...inRatio].filter((copies) =>
    copies.every((c) => c <= most),
  );
  const different = several.filter((c, k) => several.findIndex((other) => String(other) === String(c)) === k);
  return [once, ...different];
}

/** The batch as numbers of distinct samples, each as often as it stands in it. */
export function samplesOf(copies: readonly number[]): number[] {
  return copies.flatMap((count, m) => new Array<number>(count).fill(m));
}

/** Whole numbers of this sum, nearest to the weights' ratios: the largest remainders are rounded up. */
function apportioned(weights: Float64Array, size: number): number[] {
  const total = sum(weights);
  const shares = Array.from(weights, (w) => (size * w) / total);
  const copies = shares.map((s) => Math.max(1, Math.floor(s)));
  const rest = [...shares.keys()].sort((a, b) => shares[b] - copies[b] - (shares[a] - copies[a]));
  const left = size - copies.reduce((a, b) => a + b, 0);
  for (let k = 0; k < left; k++) copies[rest[k % rest.length]]++;
  return copies;
}
