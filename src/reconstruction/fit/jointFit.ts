import { cholesky, choleskySolve } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { fromRows, matrix, norm, row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import { type Evidence, type LeftOver, leftOver } from '../evidence/leftOver';
import { varianceOf } from '../evidence/noiseModel';
import { type Guess, type Share, shareOf } from '../evidence/share';
import { atMost } from '../rays/rays';
import { nearestSupport } from './nearestSupport';

/** Samples fitted together, and how much of layer 0 they account for. */
export interface JointFit {
  readonly shares: readonly Share[];
  /** rows of layer 0 that stand out of the noise */
  readonly standing: number;
  /** how many of them the samples explain down to it */
  readonly explained: number;
  /** median chi-squared per coordinate of the standing rows: 1 when the samples are the whole batch and the noise is as measured */
  readonly misfit: number;
}

/**
 * Fits all samples found together: every row of layer 0 that they explain at the noise floor, with the nearest activation
 * pattern, is an equation G_0[j] = sum_m weight delta_0j^m x^m for the inputs, weighted by each entry's own variance.
 * Entries that pruning took are as good as missing. The inverse of the normal matrix gives each sample's error bar.
 *
 * @param rounds at most; with 0 the guesses stay as they are, and only the patterns are found. @default 25
 */
export function jointFit(evidence: Evidence, guesses: readonly Guess[], rounds: number = 25): JointFit {
  const whole = leftOver(evidence, []);
  let fit = supports(
    evidence,
    whole,
    guesses.map((g) => shareOf(evidence.model, g)),
  );
  // deltas follow from the inputs they are used to solve for: repeated until nothing moves within the error bars
  for (let round = 0, moving = true; moving && round < rounds; round++) {
    const fitted = solve(evidence, fit);
    if (!fitted) break;
    const before = fit;
    const steps = fitted.map(({ input }, m) => distance(input, before.shares[m].input));
    const moved = fitted.map((f, m) =>
      shareOf(evidence.model, {
        ...before.shares[m],
        input: f.input,
        error: Math.max(f.error, steps[m]),
      }),
    );
    fit = supports(evidence, whole, moved);
    moving = round < 2 || fit.explained > before.explained || steps.some((s, m) => s > (fitted[m] as Guess).error);
  }
  return fit;
}

function distance(x: Float64Array, y: Float64Array): number {
  return Math.sqrt(x.reduce((sum, v, d) => sum + (v - y[d]) ** 2, 0) / x.length);
}

interface Supported extends JointFit {
  /** rows that the samples explain */
  readonly rows: readonly number[];
  /** mean chi-squared per coordinate over those rows */
  readonly spread: number;
}

/** The nearest pattern for every row, and which rows the samples explain with it. */
function supports({ model, noise }: Evidence, whole: LeftOver, shares: readonly Share[]): Supported {
  const { weight } = model.dense[0];
  const r = whole.coordinates.columns;
  const places = gemm(fromRows(shares.map((s) => s.input)), noise.signal.right, { b: true });
  const lower = shares.map((s) => new Float64Array(s.z.length));
  const rows: number[] = [];
  const misfits: number[] = [];
  let [explained, chi] = [0, 0];
  for (let j = 0; j < weight.rows; j++) {
    const own = shares.map((s) => s.unmasked[j]);
    const variance = shares.reduce((sum, s, m) => sum + (own[m] * s.error) ** 2, whole.deviation[j] ** 2);
    const scales = new Float64Array(r + 1).fill(1 / Math.sqrt(variance));
    scales[r] = 1 / Math.sqrt(whole.biasVariance[j]);
    const whiten = (place: Float64Array, last: number): Float64Array =>
      Float64Array.from(scales, (s, k) => s * (k < r ? place[k] : last));
    const size = norm(row(weight, j));
    const { on, chiSquared } = nearestSupport({
      target: whiten(row(whole.coordinates, j), whole.bias[j]),
      parts: fromRows(
        own.map((u, m) =>
          whiten(
            row(places, m).map((v) => v * u),
            u,
          ),
        ),
      ),
      sureness: Float64Array.from(shares, (s) => s.z[j] / (s.error * size)),
    });
    on.forEach((active, m) => {
      (lower[m] as Float64Array)[j] = active ? own[m] : 0;
    });
    const stands = (norm(row(whole.coordinates, j)) / whole.deviation[j]) ** 2 > 3 * atMost(r);
    const fits = chiSquared <= atMost(r + 1);
    if (stands) misfits.push(chiSquared / (r + 1));
    if (stands && fits) explained++;
    if (!fits) continue;
    rows.push(j);
    chi += chiSquared / (r + 1);
  }
  misfits.sort((a, b) => a - b);
  return {
    shares: shares.map((s, m) => ({ ...s, lower: lower[m] as Float64Array })),
    rows,
    standing: misfits.length,
    explained,
    misfit: misfits[Math.floor(misfits.length / 2)] ?? 1,
    spread: rows.length === 0 ? 1 : chi / rows.length,
  };
}

/** Weighted least squares for every feature over the given rows; null when they do not determine some sample. */
function solve(
  { gradient, noise }: Evidence,
  { shares, rows, spread }: Supported,
): Pick<Guess, 'input' | 'error'>[] | null {
  const { weight } = gradient.gradients[0];
  const count = shares.length;
  const { additive, relative, hidden: cut } = noise.weight;
  const largest = weight.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const uniform = cut === 0 && relative * largest <= 1e-3 * additive; // one factor does for all features
  const inputs = shares.map(() => new Float64Array(weight.columns));
  const variances = new Float64Array(count);
  let factor: DenseMatrix | null = null;
  for (let d = 0; d < weight.columns; d++) {
    const fresh: boolean = factor === null || !uniform;
    const normal = fresh ? matrix(count, count) : null;
    const right = new Float64Array(count);
    const hidden = rows.reduce((sum, j) => sum + (weight.data[j * weight.columns + d] === 0 ? 1 : 0), 0);
    for (const j of rows) {
      const v = weight.data[j * weight.columns + d];
      // what pruning hides does not average out: all of a feature's hidden entries count for one
      const missing = v === 0 && noise.weight.hidden > 0 ? hidden : 1;
      const precision = 1 / (missing * varianceOf(noise.weight, v) + Number.MIN_VALUE);
      for (let m = 0; m < count; m++) {
        const u = shares[m].lower[j] * precision;
        if (u === 0) continue;
        right[m] += u * v;
        if (!normal) continue;
        for (let k = 0; k <= m; k++) normal.data[m * count + k] += u * shares[k].lower[j];
      }
    }
    if (normal) factor = cholesky(normal);
    if (!factor) return null;
    choleskySolve(factor, right);
    right.forEach((v, m) => {
      (inputs[m] as Float64Array)[d] = v;
    });
    if (normal || d === 0) for (let m = 0; m < count; m++) variances[m] += inverseDiagonal(factor, m);
  }
  return inputs.map((input, m) => {
    const variance = variances[m] / (uniform ? 1 : weight.columns);
    return { input, error: Math.sqrt(variance * Math.max(1, spread)) };
  });
}

function inverseDiagonal(factor: DenseMatrix, m: number): number {
  const e = new Float64Array(factor.rows);
  e[m] = 1;
  choleskySolve(factor, e);
  return e[m];
}
