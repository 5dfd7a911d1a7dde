import { toHalf } from '../../math/toHalf';

/**
 * Noise of one array of a gradient: an entry v deviates by sqrt(additive² + (relative v)²), so that added noise and
 * floating-point rounding are both meant. A zero entry of a pruned array stands for anything up to `hidden`.
 */
export interface NoiseModel {
  /** the same deviation on every entry: added noise, rounding to a grid */
  readonly additive: number;
  /** deviation in proportion to the entry: rounding to float32 or fp16 */
  readonly relative: number;
  /** smallest entry that pruning kept; 0 where nothing was pruned */
  readonly hidden: number;
}

/** Variance of an entry that was shared as v. */
export function varianceOf({ additive, relative, hidden }: NoiseModel, v: number): number {
  return v === 0 && hidden > 0 ? hidden ** 2 / 3 : additive ** 2 + (relative * v) ** 2;
}

/**
 * The noise that residuals show: least squares of r² = spread * (additive² + relative² v²) with each term's own variance.
 *
 * @param squares sum of v² over the entries that a residual combines, one per residual
 * @param entries how many entries each residual combines; below 1 where fitting used some of them up
 * @example
 * fitNoise([1, -1, 1], [0, 0, 0]).additive;  // => 1
 */
export function fitNoise(residuals: ArrayLike<number>, squares: ArrayLike<number>, entries = 1): NoiseModel {
  const n = residuals.length;
  let additive = 0;
  let relative = 0;
  for (let k = 0; k < n; k++) additive += residuals[k] ** 2 / (n * entries);
  for (let round = 0; round < 8 && additive + relative > 0; round++) {
    const [p, q] = [additive, relative]; // both squared here
    let [aa, ab, bb, ar, br] = [0, 0, 0, 0, 0];
    for (let k = 0; k < n; k++) {
      const v = squares[k];
      const expected = p * entries + q * v;
      if (!(expected > 0)) continue;
      const [x, y, r] = [entries / expected, v / expected, residuals[k] ** 2 / expected];
      aa += x * x;
      ab += x * y;
      bb += y * y;
      ar += x * r;
      br += y * r;
    }
    const determinant = aa * bb - ab * ab;
    additive = determinant > 1e-9 * aa * bb ? (ar * bb - br * ab) / determinant : ar / aa;
    relative = determinant > 1e-9 * aa * bb ? (br * aa - ar * ab) / determinant : 0;
    if (!(additive > 0)) [additive, relative] = [0, bb > 0 ? br / bb : 0];
    if (!(relative > 0)) [additive, relative] = [aa > 0 ? ar / aa : 0, 0];
  }
  return { additive: Math.sqrt(additive), relative: Math.sqrt(relative), hidden: 0 };
}

/** Noise of a layer's two arrays; that of the biases stands unused where there are none. */
export interface LayerNoise {
  readonly weight: NoiseModel;
  readonly bias: NoiseModel;
}

/**
 * Noise that an array's own values show: half precision, rounding to a grid, or pruning, where residuals would mislead.
 *
 * @param fitted noise of its residuals, which stands when nothing of that is seen
 * @param floor relative rounding that the attack's own arithmetic adds
 * @example
 * noiseOfValues(Float64Array.of(0, 2, -4, 6), fitted, 1e-16).additive;  // => 0.577, a grid of step 2
 */
export function noiseOfValues(values: Float64Array, fitted: NoiseModel, floor: number): NoiseModel {
  let step = Number.POSITIVE_INFINITY;
  let [live, squares] = [0, 0];
  for (const v of values) {
    if (v === 0) continue;
    step = Math.min(step, Math.abs(v));
    live++;
    squares += v * v;
  }
  // the smallest of n numbers drawn at random is about 1/n of them; a gap below it was cut
  const cut = live < values.length && step > Math.max(1e-3, 10 / live) * Math.sqrt(squares / live);
  if (cut && values.every((v) => Math.abs(v / step - Math.round(v / step)) < 1e-6))
    return { additive: step / Math.sqrt(12), relative: 0, hidden: 0 };
  const hidden = cut ? step : 0;
  if (live >= fewest && values.every((v) => toHalf(v) === v))
    return { additive: 2 ** -24 / Math.sqrt(12), relative: 2 ** -11 / Math.sqrt(6), hidden };
  return cut ? { additive: 0, relative: floor, hidden } : fitted;
}

/** Fewer numbers than this can all have few bits by chance, as in an example worked on paper. */
const fewest = 64;
