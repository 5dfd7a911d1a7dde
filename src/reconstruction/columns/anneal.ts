import { cholesky, choleskySolve, ridged } from '../../math/cholesky';
import { gemm } from '../../math/gemm';
import { dot, norm, row } from '../../math/matrix';
import { quantile } from '../../math/quantile';
import { fitLossVector, fullDeltas } from './fitLossVector';
import { deltas, type LossSubspace } from './lossSubspace';

/** Size of a delta, over the sample's larger ones, that counts as zero: at most, and from step to step. */
const widest = 0.07;
const shrink = 0.87;
/** That size over those of the rows which look like zeros at the start: near a column it begins narrow, and does not walk away. */
const wide = 3.5;
/** Below it a threshold does as well. */
const narrow = 0.02;
/** Over the larger deltas, what looks like zeros at the start where no column is near. */
const far = 0.06;
/** The widest and the narrowest size where no head says what the deltas are: then it begins far from any column. */
const [widestAlone, narrowAlone] = [0.5, 0.01];
/** The same for deltas with another sign than the network gives them: these are none. */
const wrongSign = 5;
/** Size of W_Hᵀ g, over its median, below which a small delta says little: it may be one. */
const silent = 0.5;
/** Cosine to a known column from which on it is that one. */
const same = 0.999;

/**
 * Moves q to where U q is most nearly zero in many rows, all of them weighed by how likely they are zeros of the column nearby: by the size of U q
 * with a scale that falls, by its sign, and by the size of W_Hᵀ g. A threshold needs most of the smallest rows to be true zeros; weights do
 * not, so they reach a column from much further away (method 12).
 *
 * @param known unit vectors; who comes near one of them is on the way there
 * @returns a unit vector, or null when it is a known one or nothing near
 */
export function anneal(space: LossSubspace, start: Float64Array, known: readonly Float64Array[]): Float64Array | null {
  const q = start.slice();
  let v = deltas(space, q);
  const sizes = v.map(Math.abs).sort();
  let top = quantile(sizes, 0.9);
  const low =
    sizes[Math.min(v.length - 1, Math.max(space.rank + (space.rank >> 1), Math.floor(0.15 * v.length)))] / top;
  const alone = space.head.columns === 0;
  if (!alone && !(low < far)) return null;
  let on = Uint8Array.from(v, (x) => (Math.abs(x) > 0.3 * top ? 1 : 0));
  const [from, to] = alone ? [widestAlone, narrowAlone] : [widest, narrow];
  for (let size = Math.min(from, wide * low); size > to; size *= shrink) {
    const g = fitLossVector(space, v, on);
    if (!g) return null;
    const u = fullDeltas(space.head, g);
    on = on.map((_, j) => (Math.abs(v[j] - u[j]) < Math.abs(v[j]) ? 1 : 0));
    const l = cholesky(weightedGram(space, zeroWeights(v, u, size * top)));
    if (!l) return null;
    for (let pass = 0; pass < 2; pass++) {
      choleskySolve(l, q);
      const length = norm(q);
      for (let k = 0; k < q.length; k++) q[k] /= length;
    }
    if (known.some((other) => Math.abs(dot(other, q)) > same)) return null;
    v = deltas(space, q);
    top = quantile(v.map(Math.abs), 0.9);
  }
  return q;
}

/** Roots of the weights of the rows. */
function zeroWeights(v: Float64Array, u: Float64Array, t: number): Float64Array {
  const usual = quantile(u.map(Math.abs), 0.5);
  return v.map((x, j) => {
    const size = Math.abs(u[j]);
    const wrong = x * u[j] < 0 && size > 0.3 * usual;
    const clear = 1 / (1 + ((silent * usual) / (size + 1e-300)) ** 2);
    return Math.sqrt(clear) / (1 + (x / (wrong ? wrongSign * t : t)) ** 2);
  });
}

function weightedGram({ u, rank }: LossSubspace, weights: Float64Array) {
  const weighted = { ...u, data: u.data.slice() };
  weights.forEach((w, j) => {
    const own = row(weighted, j);
    for (let k = 0; k < rank; k++) own[k] *= w;
  });
  return ridged(gemm(weighted, weighted, { a: true }), 1e-12 * rank);
}
