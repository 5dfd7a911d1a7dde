/** A function to make small: value and slope, which is the caller's to keep. */
export type Objective = (x: Float64Array) => Valued;

export interface Valued {
  readonly loss: number;
  readonly slope: Float64Array;
}

/** Where a descent stands: a point with its loss and slope. Optimisers keep what they remember beside it, as plain data. */
export interface Point {
  x: Float64Array;
  loss: number;
  slope: Float64Array;
}

/** What came of one move: nothing to count yet, a whole iteration, or no slope that is left. */
export type Move = 'moved' | 'iteration' | 'converged';

/** A way down, one move at a time, so that whoever drives it can stop anywhere and go on from there. */
export interface Optimiser<Memory extends Point> {
  begin(x: Float64Array, objective: Objective): Memory;
  /** moves the memory's point, in place */
  advance(memory: Memory, objective: Objective): Move;
}
