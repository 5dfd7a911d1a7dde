import { columns, matrix, norm } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { ClosedForm } from './closedForm';
import { coneDimension } from './coneDimension';
import { growMotion } from './growMotion';
import { innerMotion } from './innerMotion';
import { type MovableInputs, movableInputs } from './movableInputs';

/** A motion inside the bounds, or none; and what was to be expected. */
export interface BoundedMotion {
  readonly motion?: DenseMatrix;
  /** inputs that have a way to go by themselves */
  readonly movable: number;
  /** of the cones that the entries on a bound leave, over the movable inputs, as if they were in general position */
  readonly dimension: number;
  /** combinations x rank(W_0), what the cones' dimension has to exceed */
  readonly needed: number;
}

/**
 * A motion N C Pᵀ that keeps X + D inside the bounds although many entries lie on them, as dark pixels do: entries at a
 * bound may move one way only, a cone for each input, and the cones have to agree with W_0 C = 0.
 *
 * Finds the inputs that can move at all, a point strictly inside for as many of them as possible, and from there goes
 * towards another batch inside the bounds. What it finds is exact: every step is one of the closed form.
 *
 * @param other where to go (M x d0), inside the bounds
 * @param enough Frobenius norm of a motion that is far enough
 */
export function boundedMotion(
  inputs: DenseMatrix,
  whole: ClosedForm,
  other: DenseMatrix,
  [lower, upper]: readonly [number, number],
  enough: number,
): BoundedMotion {
  const width = upper - lower;
  const inUnits = (a: DenseMatrix): DenseMatrix =>
    matrix(
      a.rows,
      a.columns,
      a.data.map((v) => (v - lower) / width),
    );
  const unit = inUnits(inputs);
  const wish = inUnits(other);
  for (let k = 0; k < wish.data.length; k++) wish.data[k] -= unit.data[k];
  const movable = movableInputs(unit, whole);
  const { still } = movable;
  const expected = { movable: movable.inputs.length, ...dimensions(unit, movable) };
  // nearer to the edge there is more to be found, and less way to go
  const inner =
    innerMotion(unit, movable, wish, { margin: 1e-3, rounds: 150 }) ??
    innerMotion(unit, movable, wish, { margin: 1e-4, rounds: 600 });
  if (!inner) return expected;
  const grown = growMotion(inner, still, columns(wish, inner.inputs), enough / width);
  const t = Math.min(1, enough / width / norm(grown.data)); // the last step may have gone too far
  const motion = matrix(inputs.rows, inputs.columns);
  inner.inputs.forEach((j, at) => {
    for (let m = 0; m < inputs.rows; m++)
      if (!still[m]) motion.data[m * inputs.columns + j] = width * t * grown.data[m * grown.columns + at];
  });
  return { motion, ...expected };
}

function dimensions(
  { rows, columns: inputs, data }: DenseMatrix,
  { inputs: movable, form: { combinations, unseen }, still }: MovableInputs,
): { dimension: number; needed: number } {
  let dimension = 0;
  for (const j of movable) {
    let bound = 0;
    for (let m = 0; m < rows; m++) {
      const x = data[m * inputs + j];
      if (!still[m] && (x <= 0 || x >= 1)) bound++;
    }
    dimension += coneDimension(bound, combinations.length);
  }
  return { dimension, needed: combinations.length * (inputs - unseen) };
}
