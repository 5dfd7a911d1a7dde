import { cholesky, choleskySolve } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { axpy, norm, row, rowsOf, stacked, timesVector, transpose } from '../../math/matrix';
import { smallestVector } from '../../math/nullVector';
import { orthonormalRows } from '../../math/orthonormalRows';
import type { DenseMatrix } from '../../types';
import { fitLossVector, fullDeltas } from './fitLossVector';
import { deltaNoise, deltas, type LossSubspace } from './lossSubspace';
import type { LossColumn } from './polish';

/** A q with the support and the loss vector that its deltas v = U q come nearest to. */
interface Place {
  readonly q: Float64Array;
  readonly v: Float64Array;
  readonly g: Float64Array;
  /** W_Hᵀ g */
  readonly u: Float64Array;
  readonly on: Uint8Array;
  /** of the angle between v and what the network allows with this support */
  readonly sine: number;
}

/** Rounds in which support and vector settle; most take two. */
const rounds = 12;
/** Sine above which a start is near no column. */
const near = 0.3;
/** Neurons that are left out at a time because the error of the moment hides whether they fire, at most. */
const mostVague = 64;
/** Sine from which on rounding counts. */
const settling = 1e-4;
/** Ratio of one sine to the one before it: near a column it falls by far more at once, elsewhere it does not. */
const gain = 0.7;

/**
 * Polish by intersection (method 4): with the support b fixed, v lies in the range of U and in that of diag(b) W_Hᵀ; the direction that both
 * have in common is the largest singular vector of their product. Support and vector are found in turn. Zeros and values both count, so it
 * needs n > r + K neurons, where zeros alone would have to be r.
 *
 * @param start unit vector
 * @returns null when it is near no column
 */
export function intersected(space: LossSubspace, start: Float64Array): LossColumn | null {
  const sizes = deltas(space, start).map(Math.abs);
  const top = sizes.slice().sort()[Math.floor(0.9 * sizes.length)];
  const firing = (least: number): Uint8Array => Uint8Array.from(sizes, (x) => (x > least * top ? 1 : 0));
  // of few neurons the larger ones may be too few to say anything
  const first = placeAt(space, start, firing(0.3), 3) ?? placeAt(space, start, firing(0.03), 3);
  if (!first || first.sine > near) return null;
  let place = first;
  for (let round = 0; round < rounds; round++) {
    const vague = vagueOf(space, place);
    const sure: Uint8Array = place.on.map((o, j) => (vague[j] ? 0 : o));
    const fine = place.sine < settling;
    const q = common(space, { q: place.q, on: place.on, vague, sure }, fine);
    const next: Place | null = q && placeAt(space, q, sure, 1);
    if (!next) return null;
    const before: Place = place;
    place = next;
    if (fine ? next.on.every((o, j) => o === before.on[j]) : round > 0 && next.sine > gain * before.sine) break;
  }
  return describe(space, place);
}

/** g by the neurons that fire, which then fire by g, some times over. */
function placeAt(space: LossSubspace, q: Float64Array, support: Uint8Array, times: number): Place | null {
  const v = deltas(space, q);
  let on = support;
  for (let i = 1; ; i++) {
    const g = fitLossVector(space, v, on);
    if (!g) return null;
    const u = fullDeltas(space.head, g);
    on = on.map((_, j) => (Math.abs(v[j] - u[j]) < Math.abs(v[j]) ? 1 : 0));
    if (i === times) return { q, v, u, g, on, sine: norm(v.map((x, j) => (on[j] ? x - u[j] : x))) };
  }
}

/** Neurons of which the error of the moment hides whether they fire: half of those that can be spared at most, and g needs the others. */
function vagueOf({ rank, reducedHead }: LossSubspace, { u, on, sine }: Place): Uint8Array {
  const n = u.length;
  const spare = Math.min(mostVague, Math.max(0, n - rank - reducedHead.columns - 1) >> 1);
  const vague = [...u.keys()].filter((j) => Math.abs(u[j]) < sine); // a larger one, taken wrongly, would cost more than that
  if (vague.length > spare) vague.sort((i, j) => Math.abs(u[i]) - Math.abs(u[j])).length = spare;
  const chosen = new Uint8Array(n);
  for (const j of vague) chosen[j] = 1;
  const firing = on.reduce((sum, o, j) => sum + (o && !chosen[j] ? 1 : 0), 0);
  return firing > reducedHead.columns ? chosen : chosen.fill(0);
}

/** Which neurons fire, which say nothing, and which fire for sure. */
interface Support {
  readonly q: Float64Array;
  readonly on: Uint8Array;
  readonly vague: Uint8Array;
  readonly sure: Uint8Array;
}

/**
 * The q whose deltas come nearest to what the support allows: B holds their components along it, |B q| <= |q|, and inverse iteration finds where
 * 1 - |B q|^2 is smallest.
 *
 * @param fine then also corrected by what the deltas miss, which is small, so that nothing cancels (as in nullVector)
 */
function common(space: LossSubspace, support: Support, fine: boolean): Float64Array | null {
  const b = allowed(space, support);
  const gram = gemm(b, b, { b: true });
  gram.data.forEach((x, i) => {
    gram.data[i] = (i % (b.rows + 1) === 0 ? 1 + 1e-13 : 0) - x;
  });
  const l = cholesky(gram);
  if (!l) return null;
  // Woodbury's identity: B has few rows
  const solve = (x: Float64Array): void => {
    const y = timesVector(b, x);
    choleskySolve(l, y);
    y.forEach((factor, i) => {
      axpy(factor, row(b, i), x);
    });
  };
  return smallestVector(support.q, solve, fine ? (x) => missed(space, x, support) : null);
}

/** Rows whose products with q are the components of U q along what the support allows: any value where it is vague, W_Hᵀ g where it is sure. */
function allowed({ u, reducedHead }: LossSubspace, { vague, sure }: Support): DenseMatrix {
  const firing = [...sure.keys()].filter((j) => sure[j]);
  const open = [...vague.keys()].filter((j) => vague[j]);
  if (firing.length <= reducedHead.columns) return rowsOf(u, [...open, ...firing]); // these can have any value too
  const values = orthonormalRows(transpose(rowsOf(reducedHead, firing))).q;
  return stacked(gemm(values, rowsOf(u, firing)), rowsOf(u, open));
}

/** Uᵀ times what the deltas of x are off: (1 - Bᵀ B) x. */
function missed(space: LossSubspace, x: Float64Array, { on, vague, sure }: Support): Float64Array | null {
  const v = deltas(space, x);
  const g = fitLossVector(space, v, sure);
  if (!g) return null;
  const u = fullDeltas(space.head, g);
  const rest = new Float64Array(x.length);
  v.forEach((value, j) => {
    if (!vague[j]) axpy(on[j] ? value - u[j] : value, row(space.u, j), rest);
  });
  return rest;
}

function describe(space: LossSubspace, { q, v, u, g, on, sine }: Place): LossColumn {
  const noise = deltaNoise(space, q);
  const unclear = Uint8Array.from(u, (x) => (Math.abs(x) < 10 * noise ? 1 : 0));
  const clear = (state: number): number => on.reduce((sum, o, j) => sum + (o === state && !unclear[j] ? 1 : 0), 0);
  return {
    ...{ q, g, on, unclear },
    // any q can be given r - 1 zeros, any g as many values as it has coordinates
    surplus: clear(0) + Math.max(0, clear(1) - space.reducedHead.columns) - (space.rank - 1),
    misfit: sine / norm(v),
    expected: (noise * Math.sqrt(v.length)) / norm(v) + space.rounding,
  };
}
