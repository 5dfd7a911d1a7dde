/** One point along a line. */
export interface Trial {
  readonly t: number;
  readonly loss: number;
  /** derivative along the line */
  readonly rise: number;
}

const [ENOUGH_FALL, ENOUGH_FLATTER] = [1e-4, 0.9];

/**
 * A step with the strong Wolfe conditions: the loss falls by 1e-4 of what its slope promises, and the slope to 0.9 of what it was
 * (Nocedal & Wright 2006, algorithms 3.5 and 3.6, with cubic interpolation).
 *
 * @param at evaluates a step; a loss that is not finite counts as too high
 * @param zero the trial at t = 0, with a negative rise
 * @param first the step that is tried first
 * @param most evaluations. @default 25
 * @returns the last trial where the conditions hold; else the lowest that was seen, at worst `zero`
 */
export function strongWolfe<T extends Trial>(at: (t: number) => T, zero: T, first: number, most = 25): T {
  const falls = ({ t, loss }: Trial): boolean => loss <= zero.loss + ENOUGH_FALL * t * zero.rise;
  const flat = ({ rise }: Trial): boolean => Math.abs(rise) <= -ENOUGH_FLATTER * zero.rise;
  let [low, high]: [T, T | null] = [zero, null];
  let next = first;
  for (let k = 0; k < most; k++) {
    const trial = at(next);
    if (!falls(trial) || (low !== zero && trial.loss >= low.loss)) high = trial;
    else {
      if (flat(trial)) return trial;
      if (trial.rise * ((high?.t ?? Number.POSITIVE_INFINITY) - low.t) >= 0) high = low;
      low = trial;
    }
    next = high ? between(low, high) : 2 * next;
  }
  return low;
}

/** Minimum of the cubic through both, kept a tenth of the bracket away from its ends. */
function between(a: Trial, b: Trial): number {
  const width = b.t - a.t;
  const d1 = a.rise + b.rise - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const d2 = Math.sign(width) * Math.sqrt(d1 * d1 - a.rise * b.rise);
  const part = 1 - (b.rise + d2 - d1) / (b.rise - a.rise + 2 * d2);
  return a.t + width * (Number.isFinite(part) ? Math.min(0.9, Math.max(0.1, part)) : 0.5);
}
