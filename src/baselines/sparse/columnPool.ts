import { leastSquares } from '../../math/leastSquares';
import { matrix } from '../../math/matrix';
import { nullVector } from '../../math/nullVector';
import type { Mlp } from '../../types';
import { type Disaggregated, disaggregate } from './disaggregate';
import type { LayerFactor } from './layerFactor';

/** A direction in which many neurons have no delta: perhaps a sample. */
interface Candidate {
  /** unit vector of length r */
  readonly q: Float64Array;
  /** entries of U q that are zero */
  readonly zeros: number;
}

/** The sparsest independent directions met so far, and the batch that they make. */
export interface ColumnPool {
  /** an entry of U q below it is zero, for |q| = 1 */
  readonly zero: number;
  /** true for a direction that joins the others or takes the place of one that is less sparse */
  add(q: Float64Array): boolean;
  /** at most r */
  count(): number;
  /** null while directions are missing */
  batch(): Disaggregated | null;
}

/** Zeros beyond the r - 1 that any r - 1 rows have in some direction. */
const surplus = 3;

/**
 * Keeps the sparsest independent set of all directions that it was given. Sums of samples' columns have fewer zeros than the columns,
 * so what is kept is the samples once all were met, and a greedy choice is enough: independent sets of vectors are a matroid.
 */
export function columnPool(model: Mlp, factor: LayerFactor): ColumnPool {
  const { left, rank } = factor;
  const zero = Math.max(1e-9 / Math.sqrt(left.rows), 30 * factor.noise);
  // a single sample leaves no live neuron silent, and there is but one direction
  const kept: Candidate[] = rank === 1 ? [{ q: Float64Array.of(1), zeros: 0 }] : [];
  const zerosOf = (q: Float64Array, below: number): number[] => {
    const rows: number[] = [];
    for (let j = 0, at = 0; j < left.rows; j++) {
      let v = 0;
      for (let k = 0; k < rank; k++) v += left.data[at++] * q[k];
      if (Math.abs(v) <= below) rows.push(j);
    }
    return rows;
  };
  /** where a direction with so many zeros belongs: beside the others (-1), in the place of one of them, or nowhere (null) */
  const placeOf = (q: Float64Array, zeros: number): number | null => {
    if (zeros < rank - 1 + surplus) return null;
    const members = sharesOf(kept, q);
    if (members === null) return -1;
    const least = members.reduce((a, b) => (kept[b].zeros < kept[a].zeros ? b : a));
    return kept[least].zeros < zeros ? least : null;
  };
  return {
    zero,
    count: () => kept.length,
    add(q) {
      const rows = zerosOf(q, 1e3 * zero); // a null vector of few rows carries more of the noise than one of all
      if (placeOf(q, rows.length) === null) return false;
      const polished = nullVector(left, rows, q)?.vector;
      if (!polished) return false;
      const zeros = zerosOf(polished, zero).length;
      const place = placeOf(polished, zeros);
      if (place === null) return false;
      kept.splice(place < 0 ? kept.length : place, place < 0 ? 0 : 1, { q: polished, zeros });
      return true;
    },
    batch: () =>
      kept.length < rank
        ? null
        : disaggregate(
            model,
            factor,
            kept.map((c) => c.q),
            zero,
          ),
  };
}

/** Which of the directions a further one is a sum of; null where it is none. */
function sharesOf(kept: readonly Candidate[], q: Float64Array): number[] | null {
  if (kept.length === 0) return null;
  const a = matrix(q.length, kept.length);
  kept.forEach((c, k) => {
    for (let i = 0; i < q.length; i++) a.data[i * kept.length + k] = c.q[i];
  });
  const { solution, residual } = leastSquares(a, matrix(q.length, 1, q));
  if (residual > 1e-6) return null;
  return Array.from(solution.data.keys()).filter((k) => Math.abs(solution.data[k]) > 1e-6);
}
