import { gemm } from '../../math/gemm';
import { leastSquares } from '../../math/leastSquares';
import { lsmr } from '../../math/lsmr';
import { matrix, norm, row, rowsOf, transpose } from '../../math/matrix';
import { orthonormalRows } from '../../math/orthonormalRows';
import type { AffineLayer, AveragedGradient, DenseMatrix } from '../../types';
import type { TopFeatures } from '../columns/inputs';
import type { LossSubspace } from '../columns/lossSubspace';
import type { LossColumn } from '../columns/polish';
import { homogeneous } from '../evidence/homogeneous';
import { alongChange, backToChange, type TopLayers, topGradient, topState } from './headGradient';
import { settlePattern } from './settlePattern';

/**
 * Gauss-Newton on the gradient of the two top layers with the patterns held fixed (SPEC 6): takes the features from the
 * accuracy of one linear solve to the noise floor.
 *
 * The unknowns are the samples' coordinates in the gradient's own row space, r numbers a sample instead of d, and each
 * step is preconditioned by the deltas' triangular factor, so that LSMR needs few products.
 *
 * @param layer the last ReLU layer
 * @returns the refined features; the given ones when no step helps
 */
export function refineTop(
  layer: AffineLayer,
  gradient: AveragedGradient,
  space: LossSubspace,
  columns: readonly LossColumn[],
  top: TopFeatures,
  shares: Float64Array,
): TopFeatures {
  let c = coordinates(space, top.features);
  const layers: TopLayers = { ...space, mask: patterns(space, columns, c), labels: top.labels, shares };
  const target = targetOf(gradient, space);
  let state = topState(layers, c);
  let rest = difference(target, topGradient(layers, state));
  for (let step = 0; step < 6; step++) {
    const back = inverseTransposed(orthonormalRows(state.delta).l);
    if (!back) break;
    const at = state;
    const change = lsmr(
      {
        times: (x) => alongChange(layers, at, gemm(back, matrix(c.rows, c.columns, x))),
        transposedTimes: (y) => gemm(back, backToChange(layers, at, y), { a: true }).data,
      },
      rest,
      60,
      1e-7,
    );
    const move = gemm(back, matrix(c.rows, c.columns, change));
    let better = false;
    for (const length of [1, 0.5, 0.25, 0.1]) {
      const next = matrix(
        c.rows,
        c.columns,
        c.data.map((x, i) => x + length * move.data[i]),
      );
      const nextState = topState(layers, next);
      const nextRest = difference(target, topGradient(layers, nextState));
      if (!(norm(nextRest) < 0.9 * norm(rest))) continue;
      [c, state, rest, better] = [next, nextState, nextRest, true];
      break;
    }
    if (!better) break;
  }
  const all = gemm(c, space.v);
  const width = top.features.columns;
  const features = matrix(c.rows, width);
  for (let m = 0; m < c.rows; m++) {
    const f = row(all, m);
    row(features, m).set(f.subarray(0, width).map((x) => x / (space.biases ? f[width] : 1)));
  }
  settlePattern(layer, features, space.live, layers.mask, 1e-5);
  return { ...top, features, losses: state.losses };
}

/** C = [F, 1] V, or F V without biases. */
function coordinates({ v, biases }: LossSubspace, features: DenseMatrix): DenseMatrix {
  const all = matrix(features.rows, v.columns);
  for (let m = 0; m < all.rows; m++) {
    row(all, m).set(row(features, m));
    if (biases) all.data[(m + 1) * v.columns - 1] = 1;
  }
  return gemm(all, v, { b: true });
}

/** Exact patterns: the support of the column, and where its full delta drowns in noise, the sign of z. */
function patterns({ forward }: LossSubspace, columns: readonly LossColumn[], c: DenseMatrix): Float64Array {
  const z = gemm(c, forward, { b: true });
  const mask = new Float64Array(z.data.length);
  columns.forEach(({ on, unclear }, m) => {
    for (let j = 0; j < on.length; j++)
      mask[m * on.length + j] = (unclear[j] ? z.data[m * on.length + j] > 0 : on[j]) ? 1 : 0;
  });
  return mask;
}

/** The shared gradient in the same form as topGradient: A Vᵀ (n x r), head (K x n), head bias (K). */
function targetOf({ gradients }: AveragedGradient, { live, v }: LossSubspace): Float64Array {
  const hidden = homogeneous(gradients.at(-2) as AffineLayer);
  const head = gradients.at(-1) as AffineLayer;
  const first = gemm(rowsOf(hidden, live), v, { b: true });
  const second = transpose(rowsOf(transpose(head.weight), live));
  return Float64Array.from([...first.data, ...second.data, ...(head.bias ?? [])]);
}

/** L^-T of a lower triangular L, or null when it is singular. */
function inverseTransposed(l: DenseMatrix): DenseMatrix | null {
  const identity = matrix(l.rows, l.rows);
  for (let k = 0; k < l.rows; k++) identity.data[k * l.rows + k] = 1;
  const { solution, rank } = leastSquares(transpose(l), identity, 1e-14);
  return rank < l.rows ? null : solution;
}

function difference(x: Float64Array, y: Float64Array): Float64Array {
  return x.map((value, i) => value - y[i]);
}
