import { gemm } from '../../math/gemm';
import { row } from '../../math/matrix';
import type { DenseMatrix } from '../../types';

/** Quotients of several rows that are one input, or a row by itself. */
export interface RowGroup {
  /** places of the quotients that agree, the one with the largest bias gradient first */
  readonly members: readonly number[];
  /** largest relative distance of a member to the first; of a single row, that to its nearest neighbour */
  readonly distance: number;
}

/**
 * Groups of quotients that agree: rows of neurons that one sample alone activates have equal ones, mixtures of samples hardly ever.
 *
 * @param quotients n x d0, those to be trusted most first
 * @param most relative distance up to which two agree
 * @returns groups first, larger ones before smaller ones, then single rows, those nearest to another first
 */
export function agreeingRows(quotients: DenseMatrix, most: number): RowGroup[] {
  const distance = distances(quotients);
  const taken = new Set<number>();
  const groups: RowGroup[] = [];
  const singles: RowGroup[] = [];
  for (let j = 0; j < quotients.rows; j++) {
    if (taken.has(j)) continue;
    const others = Array.from({ length: quotients.rows }, (_, k) => k).filter((k) => k !== j && !taken.has(k));
    const near = others.filter((k) => distance(j, k) <= most);
    if (near.length === 0) {
      const all = Array.from({ length: quotients.rows }, (_, k) =>
        k === j ? Number.POSITIVE_INFINITY : distance(j, k),
      );
      singles.push({ members: [j], distance: all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) });
      continue;
    }
    for (const k of [j, ...near]) taken.add(k);
    groups.push({ members: [j, ...near], distance: Math.max(...near.map((k) => distance(j, k))) });
  }
  groups.sort((a, b) => b.members.length - a.members.length);
  singles.sort((a, b) => a.distance - b.distance);
  return [...groups, ...singles];
}

/** Distance of two rows over the size of the first: by inner products where it is large, entry by entry where these would cancel. */
function distances(rows: DenseMatrix): (j: number, k: number) => number {
  const inner = gemm(rows, rows, { b: true });
  const square = (j: number, k: number): number => inner.data[j * rows.rows + k] ?? 0;
  return (j, k) => {
    const own = square(j, j);
    const rough = (own + square(k, k) - 2 * square(j, k)) / own;
    if (rough > 1e-6) return Math.sqrt(rough);
    const [a, b] = [row(rows, j), row(rows, k)];
    let exact = 0;
    for (let i = 0; i < a.length; i++) exact += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
    return Math.sqrt(exact / own);
  };
}
