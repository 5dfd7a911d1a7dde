import { batchSizes } from '../../gradient/localUpdate';
import { stepWeights } from '../../gradient/stepWeights';
import type { UpdateNoise } from '../../gradient/updateNoise';
import { gemm } from '../../math/gemm';
import { matrix, norm, plus, row, rowsOf, sum, topRows, transpose } from '../../math/matrix';
import { nullSpace } from '../../math/nullSpace';
import { orthonormalRows } from '../../math/orthonormalRows';
import { rng } from '../../math/rng';
import { gaussianRows, leadingVectors, type SingularVectors } from '../../math/singularVectors';
import type { AffineLayer, DenseMatrix, Mlp, ModelUpdate } from '../../types';
import { between, type Guide, type LossSubspace } from '../columns/lossSubspace';
import { homogeneous } from '../evidence/homogeneous';

/**
 * What the update of the lowest layer says about the local samples: it is Delta^T [X, 1] as for one step, Delta summed over the
 * steps, so its row space is that of all samples, and column m of Delta is zero where neuron j is off for m in every step (method 12).
 *
 * @param told false where the training is presumed, so that nothing says how large a sum of loss vectors is
 * @returns null when the noise leaves nothing
 */
export function updateSubspace(
  update: ModelUpdate,
  gradient: readonly AffineLayer[],
  noise: UpdateNoise,
  told = true,
): LossSubspace | null {
  const { before, after } = update;
  const all = homogeneous(gradient[0]);
  const sizes = Float64Array.from({ length: all.rows }, (_, j) => norm(row(all, j)));
  const top = sizes.reduce((a, b) => Math.max(a, b), 0);
  const live = Int32Array.from(sizes.keys()).filter(
    (j) => sizes[j] > Math.max(1e-12 * top, 2 * Math.sqrt(all.columns * noise.weight[0][j])),
  );
  if (live.length === 0) return null;
  const rows = rowsOf(all, live);
  const deviation = Math.sqrt(live.reduce((s, j) => s + noise.weight[0][j], 0) / live.length);
  const spread = Math.sqrt(rows.rows) + Math.sqrt(rows.columns);
  const { u, s, v } = leading(rows, 2 * deviation * spread, update.precision === 'float64' ? 1 : 3);
  const rank = s.length;
  if (rank === 0) return null;
  const classes = before.widths[before.widths.length - 1];
  const deep = before.dense.length > 2;
  const lossBasis = deep ? matrix(0, 0) : nullSpace(matrix(1, classes, new Float64Array(classes).fill(1))).basis;
  const ends = [guideOf(before, live, v, lossBasis), guideOf(after, live, v, lossBasis)] as const;
  const size = update.batchSize === undefined ? rank : Math.min(rank, update.batchSize);
  const counts = stepWeights(update.epochs * batchSizes(rank, size).length, update.momentum);
  const perEpoch = (size * counts.length) / update.epochs / sum(counts);
  const entryNoise = Math.max(deviation, (5e-16 * s[0]) / spread);
  return {
    live,
    scale: new Float64Array(live.length).fill(1),
    rank,
    u: transpose(u),
    ut: u,
    s,
    v,
    lossBasis,
    lossSum: told && !deep ? gradient[1].bias?.map((x) => x * perEpoch) : undefined,
    biases: before.dense[0].bias !== undefined,
    entryNoise,
    noise: (entryNoise * spread) / s[rank - 1],
    full: rank === Math.min(rows.rows, rows.columns),
    rounding: 0, // values are guides only
    activation: before.activations[0],
    ends: [ends[0], ends[1]],
    ...between(ends, 0.5),
  };
}

/** All singular vectors above a floor; where no direction is below it, as behind noise, any basis, since nothing can be read from it. */
function leading(a: DenseMatrix, floor: number, iterations: number): SingularVectors {
  const limit = Math.min(a.rows, a.columns);
  for (let k = Math.min(48, limit); ; k = Math.min(2 * k, limit)) {
    const standing = k > most ? standingOut(a, k, floor) : null;
    if (standing && k === limit) return standing;
    if (standing) continue;
    const { u, s, v } = leadingVectors(a, k, iterations);
    const rank = s.findIndex((value) => !(value > Math.max(floor, 1e-10 * s[0])));
    if (rank < 0 && k < limit) continue;
    const r = rank < 0 ? k : rank;
    return { u: topRows(u, r), s: s.slice(0, r), v: topRows(v, r) };
  }
}

/**
 * A basis of k directions that all stand out of a floor, with pivots for singular values; null where one does not: a block of more rows
 * than there are directions leaves rows of noise, which are shorter than the floor.
 */
function standingOut(a: DenseMatrix, k: number, floor: number): SingularVectors | null {
  const u = orthonormalRows(gemm(gaussianRows(k, a.columns, rng(k)), a, { b: true })).q;
  const { q, l } = orthonormalRows(gemm(u, a));
  const s = Float64Array.from({ length: k }, (_, i) => Math.abs(l.data[i * k + i]))
    .sort()
    .reverse();
  return s[k - 1] > Math.max(floor, 1e-10 * s[0]) ? { u, s, v: q } : null;
}

/** Directions up to which all singular vectors are a matter of a moment. */
const most = 96;

function guideOf({ dense }: Mlp, live: Int32Array, v: DenseMatrix, lossBasis: DenseMatrix): Guide {
  const forward = gemm(rowsOf(homogeneous(dense[0]), live), v, { b: true });
  // several layers above say nothing linear about the deltas
  if (dense.length > 2) {
    const none = matrix(live.length, 0);
    return { head: none, reducedHead: none, headBias: undefined, forward };
  }
  const head = rowsOf(transpose(dense[1].weight), live);
  return {
    head,
    reducedHead: gemm(head, lossBasis, { b: true }),
    headBias: dense[1].bias,
    forward,
  };
}

/** Mean square of what the update holds beside the space of its samples, over the noise that was expected there. */
export function noiseBeside(
  { live, rank, u, ut, v, s }: LossSubspace,
  gradient: readonly AffineLayer[],
  noise: UpdateNoise,
): number {
  const rows = rowsOf(homogeneous(gradient[0]), live);
  const factors = matrix(rank, v.columns);
  s.forEach((value, k) => {
    row(factors, k).set(row(v, k).map((x) => value * x));
  });
  const rest = plus(rows, gemm(ut, factors, { a: true }), -1);
  const free = (u.rows - rank) * (v.columns - rank);
  const expected = live.reduce((total, j) => total + noise.weight[0][j], 0) / live.length;
  return free > 0 && expected > 0 ? norm(rest.data) ** 2 / free / expected : 1;
}
