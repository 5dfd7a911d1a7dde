import { axpy, dot, matrix, norm, plus } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { InnerMotion } from './innerMotion';
import { stepWithin } from './stepWithin';

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
  /** onto the closed form; what rounding leaves to the samples held still is dropped, so that no bound stops it */
  const project = (data: Float64Array): Float64Array => {
    const { data: result } = form.project(shape(data));
    for (let k = 0; k < result.length; k++) if (still[Math.floor(k / unit.columns)]) result[k] = 0;
    return result;
  };
  const towards = project(wish.data);
  let d = project(motion.data);
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
    const newton = conjugateGradients((p) => project(p.map((v, k) => v * curvature[k])), project(gradient));
    const direction = project(newton);
    const length = 0.9 * stepWithin(plus(unit, shape(d)), shape(direction), [0, 1], 1 / 0.9);
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
