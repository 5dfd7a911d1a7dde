import { leastSquares } from './leastSquares';
import { axpy, fromRows, matrix, transpose } from './matrix';

/**
 * Anderson acceleration (1965) of an iteration x <- x + step(x) that converges too slowly by itself: from the last few steps it
 * takes the combination whose remaining step would be shortest, as a secant method does.
 *
 * @param depth earlier steps that are remembered
 * @returns next x for each x and its step; neither is changed
 * @example
 * const next = anderson(2);  // x = cos x, one number at a time
 * // 8 steps reach 1e-15 where the plain iteration needs 80
 */
export function anderson(depth: number): (x: Float64Array, step: Float64Array) => Float64Array {
  const moves: Float64Array[] = [];
  const changes: Float64Array[] = [];
  let before: { x: Float64Array; step: Float64Array } | null = null;
  return (x, step) => {
    if (before) {
      const last = before;
      moves.push(x.map((v, k) => v - last.x[k]));
      changes.push(step.map((v, k) => v - last.step[k]));
      if (moves.length > depth) for (const old of [moves, changes]) old.shift();
    }
    before = { x: x.slice(), step: step.slice() };
    const next = x.map((v, k) => v + step[k]);
    if (changes.length === 0) return next;
    const { solution } = leastSquares(transpose(fromRows(changes)), matrix(step.length, 1, step.slice()), 1e-10);
    solution.data.forEach((gamma, i) => {
      axpy(-gamma, moves[i], next);
      axpy(-gamma, changes[i], next);
    });
    return next;
  };
}
