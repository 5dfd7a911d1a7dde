import { cholesky, choleskySolve } from '../../math/cholesky';
import { axpy, matrix, row } from '../../math/matrix';
import { quantile } from '../../math/quantile';
import type { DenseMatrix } from '../../types';
import type { Guide, LossSubspace } from './lossSubspace';

/** Where between the two heads is tried, until one fits well. */
const places = [0.5, 0.3, 0.7, 0.1, 0.9];
const well = 0.1;
/** Misfit over the usual size of a delta from which on a neuron counts less: it was on in some of the steps only. */
const usual = 0.05;
const passes = 4;

/**
 * The loss vector that explains most of a sample's summed deltas, by a head on the line between the two ends, fitted robustly
 * (method 12).
 *
 * @returns it, and the median misfit over the median size; null when the active neurons do not determine it
 */
export function fitSummedLoss(
  { lossBasis }: LossSubspace,
  ends: readonly [Guide, Guide],
  v: Float64Array,
  on: Uint8Array,
): { readonly g: Float64Array; readonly misfit: number } | null {
  const active = Array.from(on.keys()).filter((j) => on[j] === 1);
  const sizes = active.map((j) => Math.abs(v[j]));
  const size = quantile(sizes, 0.5);
  if (!(size > 0)) return null;
  const targets = Float64Array.from(active, (j) => v[j]);
  let best: { x: Float64Array; misfit: number } | null = null;
  for (const s of places) {
    if (best && best.misfit < well) break;
    const head = mixedRows(ends, active, s);
    const weights = new Float64Array(active.length).fill(1);
    let rest: Float64Array = targets;
    for (let pass = 0; pass < passes; pass++) {
      const x = weighted(head, targets, weights);
      if (!x) return null;
      rest = residual(head, targets, x);
      for (let i = 0; i < rest.length; i++) weights[i] = 1 / (1 + (rest[i] / (usual * size)) ** 2);
      if (pass < passes - 1) continue;
      const misfit = quantile(rest.map(Math.abs), 0.5) / size;
      if (!best || misfit < best.misfit) best = { x, misfit };
    }
  }
  if (!best) return null;
  const g = new Float64Array(lossBasis.columns);
  best.x.forEach((factor, c) => {
    axpy(factor, row(lossBasis, c), g);
  });
  return { g, misfit: best.misfit };
}

/** W_Hᵀ on the basis of loss vectors, between the two ends, for the active neurons. */
function mixedRows([a, b]: readonly [Guide, Guide], active: readonly number[], s: number): DenseMatrix {
  const p = a.reducedHead.columns;
  const mixed = matrix(active.length, p);
  active.forEach((j, i) => {
    for (let c = 0; c < p; c++)
      mixed.data[i * p + c] = (1 - s) * a.reducedHead.data[j * p + c] + s * b.reducedHead.data[j * p + c];
  });
  return mixed;
}

/** Weighted least squares by the normal equations: this is a guide, and need not be exact. */
function weighted(
  { columns: p, data }: DenseMatrix,
  targets: Float64Array,
  weights: Float64Array,
): Float64Array | null {
  const gram = matrix(p, p);
  const x = new Float64Array(p);
  for (let i = 0; i < targets.length; i++) {
    const at = i * p;
    for (let c = 0; c < p; c++) {
      const factor = weights[i] * data[at + c];
      x[c] += factor * targets[i];
      for (let e = 0; e <= c; e++) gram.data[c * p + e] += factor * data[at + e];
    }
  }
  const l = cholesky(gram);
  if (l) choleskySolve(l, x);
  return l && x;
}

function residual({ columns: p, data }: DenseMatrix, targets: Float64Array, x: Float64Array): Float64Array {
  return targets.map((target, i) => {
    let rest = target;
    for (let c = 0; c < p; c++) rest -= data[i * p + c] * x[c];
    return rest;
  });
}
