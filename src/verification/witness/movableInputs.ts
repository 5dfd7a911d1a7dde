import { axpy, dot, norm } from '../../math/matrix';
import type { DenseMatrix } from '../../types';
import type { ClosedForm } from './closedForm';

/** Inputs that can leave the bounds they lie on, and the closed form they move in. */
export interface MovableInputs {
  readonly inputs: readonly number[];
  /** some samples held still, where they blocked many inputs */
  readonly form: ClosedForm;
  /** still[m]: no combination moves sample m */
  readonly still: readonly boolean[];
}

/**
 * The inputs (pixels) for which some combination of samples moves every entry that lies on a bound strictly inwards.
 *
 * k entries at a bound are k half spaces for the F combinations: by Cover's count (1965) nearly all sets of k <= 1.5 F
 * in general position have a common point. Where more than a tenth of those inputs has none and few samples are the
 * reason (two that cancel each other only, say), the one that blocks most is held still.
 *
 * @param unit inputs in [0, 1]
 */
export function movableInputs(unit: DenseMatrix, form: ClosedForm): MovableInputs {
  for (let own = form; ; ) {
    const blame = new Float64Array(unit.rows);
    const sizes = Float64Array.from(blame, (_, m) => Math.hypot(...own.combinations.map((n) => n[m])));
    const still = Array.from(sizes, (size) => size < 1e-9);
    const inputs: number[] = [];
    let easy = 0;
    let blocked = 0;
    for (let j = 0; j < unit.columns; j++) {
      const spaces = halfSpaces(unit, own, sizes, still, j);
      const mistakes = commonPoint(spaces);
      if (mistakes === null) inputs.push(j);
      if (spaces.length > 1.5 * own.combinations.length) continue;
      easy++;
      if (mistakes === null) continue;
      blocked++;
      const all = mistakes.reduce((sum, v) => sum + v, 0);
      for (const [k, { sample }] of spaces.entries()) blame[sample] += mistakes[k] / all;
    }
    const most = Math.max(...blame);
    const blocker = blocked > 0.1 * easy && most > 0.15 * blocked;
    if (!blocker || own.combinations.length <= 0.75 * form.combinations.length) return { inputs, form: own, still };
    own = own.holding(blame.indexOf(most));
  }
}

interface HalfSpace {
  readonly sample: number;
  readonly inwards: Float64Array;
}

/** For each entry of input j on a bound: the unit normal of the half space of combinations that move it inwards. */
function halfSpaces(
  { data, rows, columns }: DenseMatrix,
  { combinations }: ClosedForm,
  sizes: Float64Array,
  still: readonly boolean[],
  j: number,
): HalfSpace[] {
  const spaces: HalfSpace[] = [];
  for (let m = 0; m < rows; m++) {
    const x = data[m * columns + j];
    const side = x <= 0 ? 1 : x >= 1 ? -1 : 0;
    if (side === 0 || still[m]) continue;
    const size = sizes[m];
    spaces.push({ sample: m, inwards: Float64Array.from(combinations, (n) => (side * n[m]) / size) });
  }
  return spaces;
}

/** Null when the half spaces have a common point (perceptron), else how often each one was violated. */
function commonPoint(spaces: readonly HalfSpace[]): Float64Array | null {
  const w = new Float64Array(spaces[0]?.inwards.length ?? 0);
  const mistakes = new Float64Array(spaces.length);
  for (let epoch = 0; epoch < 100; epoch++) {
    let wrong = 0;
    for (const [k, { inwards }] of spaces.entries())
      if (!(dot(w, inwards) > 1e-3 * norm(w))) {
        axpy(1, inwards, w);
        mistakes[k] += 1;
        wrong++;
      }
    if (wrong === 0) return null;
  }
  return mistakes;
}
