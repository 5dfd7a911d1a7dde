import { atMost } from '../../math/chiSquared';
import { cholesky, choleskySolve, inverseDiagonal } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { axpy, fromRows, matrix, norm, row } from '../../math/matrix';
import { piecesOf } from '../../model/layers/pieces';
import type { DenseMatrix } from '../../types';
import type { Evidence } from '../evidence/evidence';
import { varianceOf } from '../evidence/noiseModel';
import { entryVariance, type Remainder, remainderOf } from '../evidence/remainder';
import { featuresAt, preActivationsAt, type Sample, sampleAt, unmaskedDelta } from '../evidence/sample';
import type { Limit, Working } from '../working';
import { nearestSupport } from './nearestSupport';

/** Samples fitted together, and how much of layer 0 they account for. */
export interface JointFit {
  /** each with deltas[0] by the nearest pattern, and its error bar */
  readonly samples: readonly Sample[];
  /** rows of layer 0 that stand out of the noise */
  readonly standing: number;
  /** how many of them the samples explain down to it */
  readonly explained: number;
  /** median chi-squared per coordinate of the standing rows: 1 when the samples are the whole batch and the noise is as measured */
  readonly misfit: number;
}

/**
 * Fits all samples found together, where noise was added: every row of layer 0 that they explain at the noise floor, with the nearest
 * activation pattern, is an equation G_0[j] = sum_m weight delta_0j^m x^m for the inputs, weighted by each entry's own variance. Entries
 * that pruning took are as good as missing. The inverse of the normal matrix gives each sample's error bar.
 *
 * @param rounds at most; with 0 the guesses stay as they are, and only the patterns are found. @default 25
 */
export function* jointFit(
  evidence: Evidence,
  guesses: readonly Sample[],
  limit: Limit,
  rounds: number = 25,
): Working<JointFit> {
  const whole = remainderOf(evidence);
  let fit = supports(whole, guesses);
  // deltas follow from the inputs they are used to solve for: repeated until nothing moves within the error bars
  for (let round = 0, moving = true; moving && round < rounds; round++) {
    if (yield* limit.breathe()) break;
    const fitted = solve(evidence, fit);
    if (!fitted) break;
    const before = fit;
    const steps = fitted.map(({ input }, m) => distance(input, featuresAt(before.samples[m], 0)));
    const moved = fitted.map(({ input, error }, m) =>
      sampleAt(evidence.model, { ...weighed(before.samples[m]), input, error: Math.max(error, steps[m]) }),
    );
    fit = supports(whole, moved);
    moving = round < 2 || fit.explained > before.explained || steps.some((s, m) => s > fitted[m].error);
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

function weighed({ label, weight }: Sample): { label: number; weight: number } {
  return { label, weight: weight ?? 1 };
}

/** The nearest pattern for every row, and which rows the samples explain with it. */
function supports(whole: Remainder, samples: readonly Sample[]): Supported {
  const { evidence, layers } = whole;
  const { model, squares } = evidence;
  const [{ places, basis, variance, array }] = layers;
  if (!places || !basis) throw new Error('jointFit: there is no added noise to fit in');
  const r = places.columns;
  const d = model.widths[0];
  const at = gemm(fromRows(samples.map((s) => featuresAt(s, 0))), basis, { b: true });
  const unmasked = samples.map((s) => unmaskedDelta(model, s, 0));
  const z = samples.map((s) => preActivationsAt(s, 0));
  const lower = samples.map((s) => new Float64Array(s.deltas[0].columns));
  const { off } = piecesOf(model.activations[0]);
  const rows: number[] = [];
  const misfits: number[] = [];
  let [explained, chi] = [0, 0];
  for (let j = 0; j < places.rows; j++) {
    const own = unmasked.map((u) => u[j]);
    const spread = samples.reduce((sum, s, m) => sum + (own[m] * s.error) ** 2, variance[j]);
    const scales = new Float64Array(r + 1).fill(1 / Math.sqrt(spread));
    scales[r] = 1 / Math.sqrt(entryVariance(whole, 0, j, d));
    const whiten = (place: Float64Array, last: number): Float64Array =>
      Float64Array.from(scales, (s, k) => s * (k < r ? place[k] : last));
    const size = Math.sqrt(squares[0][j]);
    const slope = off(j);
    const target = whiten(row(places, j), array.data[j * array.columns + d]);
    const full = own.map((u, m) =>
      whiten(
        row(at, m).map((v) => v * u),
        u,
      ),
    );
    // neurons that do not fire pass a part as well: what is in question is the rest
    if (slope !== 0) for (const part of full) axpy(-slope, part, target);
    const { on, chiSquared } = nearestSupport({
      target,
      parts: fromRows(slope === 0 ? full : full.map((part) => part.map((v) => (1 - slope) * v))),
      sureness: Float64Array.from(samples, (s, m) => z[m][j] / (s.error * size)),
    });
    on.forEach((active, m) => {
      lower[m][j] = active ? own[m] : slope * own[m];
    });
    const stands = norm(row(places, j)) ** 2 / variance[j] > 3 * atMost(r);
    const fits = chiSquared <= atMost(r + 1);
    if (stands) misfits.push(chiSquared / (r + 1));
    if (stands && fits) explained++;
    if (!fits) continue;
    rows.push(j);
    chi += chiSquared / (r + 1);
  }
  misfits.sort((a, b) => a - b);
  return {
    samples: samples.map((s, m) => ({ ...s, deltas: [matrix(1, lower[m].length, lower[m]), ...s.deltas.slice(1)] })),
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
  { samples, rows, spread }: Supported,
): { input: Float64Array; error: number }[] | null {
  const { weight } = gradient.gradients[0];
  const model = noise[0].weight;
  const count = samples.length;
  const lower = samples.map((s) => s.deltas[0].data);
  const largest = weight.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const uniform = model.hidden === 0 && model.relative * largest <= 1e-3 * model.additive; // one factor does for all features
  const inputs = samples.map(() => new Float64Array(weight.columns));
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
      const missing = v === 0 && model.hidden > 0 ? hidden : 1;
      const precision = 1 / (missing * varianceOf(model, v) + Number.MIN_VALUE);
      for (let m = 0; m < count; m++) {
        const u = lower[m][j] * precision;
        if (u === 0) continue;
        right[m] += u * v;
        if (normal) for (let k = 0; k <= m; k++) normal.data[m * count + k] += u * lower[k][j];
      }
    }
    if (normal) factor = cholesky(normal);
    if (!factor) return null;
    choleskySolve(factor, right);
    right.forEach((v, m) => {
      inputs[m][d] = v;
    });
    if (normal || d === 0) axpy(1, inverseDiagonal(factor), variances);
  }
  return inputs.map((input, m) => {
    const variance = variances[m] / (uniform ? 1 : weight.columns);
    return { input, error: Math.sqrt(variance * Math.max(1, spread)) };
  });
}
