import { axpy, dot, matrix, norm } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { InnerMotion } from './innerMotion';

/**
 * Takes a motion that ends strictly inside the box as far as it goes towards a wish: Newton steps on the logarithmic
 * barrier of the box, inside the closed form, each shortened so that it stays inside (truncated conjugate gradients:
 * an inexact step is still one of the closed form).
 *
 * @param still samples whose entries do not count
 * @param enough Frobenius norm at which to stop
 */
export function growMotion(
  { form, unit, motion }: InnerMotion,
  still: readonly boolean[],
  wish: DenseMatrix,
  enough: number,
): DenseMatrix {
  const shape = (data: Float64Array): DenseMatrix => matrix(unit.rows, unit.columns, data);
  const towards = form.project(wish).data;
  let d = form.project(motion).data;
  let weight = 0.1; // of the barrier against the wish
  for (let step = 0; step < 20 && norm(d) < enough; step++) {
    const gradient = new Float64Array(d.length);
    const curvature = new Float64Array(d.length);
    for (let k = 0; k < d.length; k++) {
      if (still[Math.floor(k / unit.columns)]) continue;
      const low = unit.data[k] + d[k];
      const high = 1 - low;
      gradient[k] = towards[k] / weight + 1 / low - 1 / high;
      curvature[k] = 1 / (low * low) + 1 / (high * high);
    }
    const newton = conjugateGradients(
      (p) => form.project(shape(p.map((v, k) => v * curvature[k]))).data,
      form.project(shape(gradient)).data,
    );
    const direction = form.project(shape(newton)).data;
    const length = Math.min(1, 0.9 * room(unit, d, direction, still));
    const next = d.slice();
    axpy(length, direction, next);
    if (!(norm(next) > 0)) break;
    d = next;
    if (length > 0.5) weight *= 0.3;
  }
  return shape(d);
}

/** At most 60 steps, which is far from exact: the barrier's curvature spans many orders of magnitude. */
function conjugateGradients(times: (p: Float64Array) => Float64Array, b: Float64Array): Float64Array {
  const x = new Float64Array(b.length);
  const r = b.slice();
  const p = b.slice();
  const first = dot(r, r);
  for (let n = 0, rr = first; n < 60 && rr > 1e-4 * first; n++) {
    const q = times(p);
    const along = rr / dot(p, q);
    axpy(along, p, x);
    axpy(-along, q, r);
    const next = dot(r, r);
    for (let k = 0; k < p.length; k++) p[k] = r[k] + (next / rr) * p[k];
    rr = next;
  }
  return x;
}

/** Largest t for which X + D + t E stays in the box. */
function room({ data, columns }: DenseMatrix, d: Float64Array, e: Float64Array, still: readonly boolean[]): number {
  let t = Number.POSITIVE_INFINITY;
  for (let k = 0; k < d.length; k++) {
    if (still[Math.floor(k / columns)]) continue;
    const low = data[k] + d[k];
    const by = e[k];
    if (by < 0) t = Math.min(t, low / -by);
    else if (by > 0) t = Math.min(t, (1 - low) / by);
  }
  return t;
}
