/** Input that a caller can correct: the message names function, argument, expected and got. */
export class InputError extends RangeError {
  override name = 'InputError';
  readonly #remedy: readonly string[];

  constructor(message: string, remedy: readonly string[] = []) {
    super([message, ...remedy.map((line) => `  ${line}`)].join('\n'));
    this.#remedy = remedy;
  }

  /** Lines to run or to write that mend it, such as a conversion in Python; they close the message. */
  get remedy(): readonly string[] {
    return this.#remedy;
  }
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

/** Throws unless all options are understood by name; `advice` closes the message. */
export function checkUnderstood(caller: string, options: object, understood: readonly string[], advice = ''): void {
  const unknown = Object.keys(options).filter((key) => !understood.includes(key));
  check(
    unknown.length === 0,
    () =>
      `${caller}: option ${unknown.join(', ')} is not understood, expected ${understood.join(', ')}${advice && `; ${advice}`}`,
  );
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

/** Control characters, direction marks, lone surrogates and line separators: what makes a terminal do or show something else. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A name from a file as it may stand in a message: at most 80 characters, control characters escaped.
 *
 * @example
 * shown('w\u001b[31m');  // => 'w\\u{1b}[31m'
 */
export function shown(name: string): string {
  const cut = name.length > 80 ? `${name.slice(0, 80)}…` : name;
  return cut.replace(unseen, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);
}

/** The first names of many, for a message that stays one line. */
export function listed(names: Iterable<string>, most = 8): string {
  const all = [...names];
  const more = all.length > most ? ` and ${all.length - most} more` : '';
  return all.slice(0, most).map(shown).join(', ') + more;
}
