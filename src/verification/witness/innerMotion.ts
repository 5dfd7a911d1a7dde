import { columns, matrix } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { ClosedForm } from './closedForm';
import type { MovableInputs } from './movableInputs';

/** A motion that keeps X + D strictly inside, for those of the inputs that it was found for. */
export interface InnerMotion {
  readonly inputs: readonly number[];
  readonly form: ClosedForm;
  /** their entries, M x inputs, in [0, 1] */
  readonly unit: DenseMatrix;
  readonly motion: DenseMatrix;
}

/** How hard to look. */
export interface Effort {
  /** the box that the reflections aim at is so much smaller: ending inside, and not on the edge, takes finitely many */
  readonly margin: number;
  /** reflections before some inputs are given up */
  readonly rounds: number;
}

/**
 * A point of the closed form strictly inside the bounds, by reflecting in turn at the closed form and at the box
 * (Douglas & Rachford 1956; Bauschke, Combettes & Luke 2004). Inputs whose multipliers grow most are given up, a tenth
 * at a time, until the rest succeeds.
 *
 * @param all every input, in [0, 1]; entries of samples that are held still may stay on a bound
 * @returns undefined when no inputs are left
 */
export function innerMotion(
  all: DenseMatrix,
  { inputs: movable, form: whole, still }: MovableInputs,
  wish: DenseMatrix,
  effort: Effort,
): InnerMotion | undefined {
  for (let inputs = movable; ; ) {
    const form = whole.among(inputs);
    if (form.unseen === 0) return undefined;
    const unit = columns(all, inputs);
    const found = reflect(unit, form, still, columns(wish, inputs), effort);
    if ('motion' in found) return { inputs, form, unit, motion: found.motion };
    const { multipliers } = found;
    const tension = inputs.map((_, j) => {
      let most = 0;
      for (let m = 0; m < unit.rows; m++) most = Math.max(most, Math.abs(multipliers[m * inputs.length + j]));
      return most;
    });
    const limit = [...tension].sort((a, b) => a - b)[Math.floor(0.9 * inputs.length)];
    const rest = inputs.filter((_, j) => tension[j] < limit);
    if (rest.length === inputs.length) return undefined;
    inputs = rest;
  }
}

function reflect(
  unit: DenseMatrix,
  form: ClosedForm,
  still: readonly boolean[],
  wish: DenseMatrix,
  { margin, rounds }: Effort,
): { motion: DenseMatrix } | { multipliers: Float64Array } {
  const { rows, columns: width, data: x } = unit;
  const z = wish.data.map((v) => v / 2);
  const u = new Float64Array(z.length);
  for (let n = 0; n < rounds; n++) {
    const motion = form.project(
      matrix(
        rows,
        width,
        z.map((v, k) => v - u[k]),
      ),
    );
    let inside = true;
    for (let k = 0; k < z.length; k++) {
      if (still[Math.floor(k / width)]) {
        z[k] = 0;
        continue;
      }
      const [at, d] = [x[k], motion.data[k]];
      if (!(d > -at && d < 1 - at)) inside = false;
      const v = 1.6 * d - 0.6 * z[k] + u[k]; // over-relaxed, as usual
      z[k] = Math.min(1 - margin - at, Math.max(margin - at, v));
      u[k] = v - z[k];
    }
    if (inside) return { motion };
  }
  return { multipliers: u };
}
