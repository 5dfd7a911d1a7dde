import { axpy, dot, matrix, norm, row, sum } from '../../math/matrix';
import { lossVector } from '../../model/softmax';
import type { AffineLayer, DenseMatrix, Precision } from '../../types';

/** What the head's gradient says of one sample. */
export interface ReadHead {
  readonly label: number;
  /** p - e_y (1 x K) */
  readonly loss: DenseMatrix;
  /** what enters the head (1 x width) */
  readonly features: DenseMatrix;
}

/** Relative size of what may be left of a matrix of rank one. */
const tolerances = { float64: 1e-8, float32: 1e-4 } as const;

/**
 * Label, loss vector and features of the one sample behind a head's gradient g fᵀ. With biases g is their gradient; without, g is known up to a
 * factor, which is where p - e_y of the features that it leaves equals it.
 */
export function readHead(
  head: AffineLayer,
  { weight, bias }: AffineLayer,
  precision: Precision,
): ReadHead | { readonly reason: string } {
  const rows = Array.from({ length: weight.rows }, (_, c) => row(weight, c));
  const longest = rows.reduce((a, b) => (norm(b) > norm(a) ? b : a));
  const size = norm(longest);
  if (!(size > 0)) return { reason: 'the gradient of the head is zero' };
  const direction = longest.map((v) => v / size);
  const along = Float64Array.from(rows, (r) => dot(r, direction));
  const left = rows.map((r, c) => {
    const rest = r.slice();
    axpy(-along[c], direction, rest);
    return norm(rest);
  });
  if (Math.max(...left) > tolerances[precision] * size)
    return {
      reason: 'the gradient of the head has a rank above one: more than one sample, and the recursion is for one',
    };
  const loss = bias ?? scaled(head.weight, direction, along);
  const square = norm(loss) ** 2;
  const negative = loss.findIndex((v) => v < 0);
  if (!(square > 0) || negative < 0 || loss.some((v, c) => v < 0 && c !== negative))
    return { reason: 'the gradient of the head is no loss vector of one sample' };
  const features = matrix(1, weight.columns);
  rows.forEach((r, c) => axpy(loss[c] / square, r, features.data));
  return { label: negative, loss: matrix(1, loss.length, loss.slice()), features };
}

/** Factors that are tried, per sign. */
const grid = 400;

/** g from its direction and the features': the factor t for which softmax(W f) - e_y with f = t direction is along / t. */
function scaled(weight: DenseMatrix, direction: Float64Array, along: Float64Array): Float64Array {
  const logits = Float64Array.from({ length: weight.rows }, (_, c) => dot(row(weight, c), direction));
  const least = along.reduce((most, v) => Math.max(most, Math.abs(v)), 0); // entries of g are at most 1
  let best = { misfit: Number.POSITIVE_INFINITY, g: along };
  // of two classes both signs do as well: features mostly are not negative
  const positive = sum(direction) >= 0 ? 1 : -1;
  for (const sign of [positive, -positive]) {
    const at = (logT: number): typeof best => {
      const t = sign * least * Math.exp(logT);
      const g = along.map((v) => v / t);
      const label = g.findIndex((v) => v < 0);
      const own = lossVector(
        logits.map((l) => l * t),
        label,
      );
      return { misfit: norm(own.map((v, c) => v - g[c])) / norm(g), g };
    };
    if (along.filter((v) => sign * v < 0).length !== 1) continue;
    const step = Math.log(1e6) / grid;
    const misfits = Array.from({ length: grid + 1 }, (_, k) => at(k * step).misfit);
    misfits.forEach((m, k) => {
      if (m > (misfits[k - 1] ?? Infinity) || m > (misfits[k + 1] ?? Infinity)) return;
      const found = at(minimum((x) => at(x).misfit, Math.max(0, (k - 1) * step), (k + 1) * step));
      if (found.misfit + 1e-9 < best.misfit) best = found;
    });
  }
  return best.g;
}

/** Golden section search. */
function minimum(f: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  for (let step = 0; step < 100; step++) {
    const [x, y] = [b - ratio * (b - a), a + ratio * (b - a)];
    if (f(x) < f(y)) b = y;
    else a = x;
  }
  return (a + b) / 2;
}
