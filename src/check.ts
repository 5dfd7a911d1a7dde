/** Input that a caller can correct: the message names function, argument, expected and got. */
export class InputError extends RangeError {
  override name = 'InputError';
}

/**
 * Throws an {@link InputError} unless the condition holds; conditions are written positively, so that NaN fails too.
 *
 * @param message made only when needed: `function: argument is …, expected …; what to do`
 * @throws InputError when the condition is false
 * @example
 * check(0 < size, () => `draw: size is ${size}, expected a positive integer`);
 */
export function check(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new InputError(message());
}

/** True for an integer of at least `least`. */
export function isCount(value: number, least = 1): boolean {
  return Number.isInteger(value) && value >= least;
}

/** Index of the first NaN or infinity, or -1. */
export function firstNonFinite(values: ArrayLike<number>): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}
