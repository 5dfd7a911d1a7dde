import { parseArgs } from 'node:util';
import { check, InputError } from '../check';

/** Options a command takes: a value is expected after `string` ones. */
export type OptionKinds = Record<string, 'string' | 'boolean'>;

/** Values of the options given on the command line. */
export type OptionValues = Record<string, string | boolean | undefined>;

/**
 * Parses a command's options strictly.
 *
 * @throws InputError for an unknown option, a missing value or a stray argument
 */
export function parse(command: string, args: readonly string[], kinds: OptionKinds): OptionValues {
  const options = Object.fromEntries(Object.entries(kinds).map(([name, type]) => [name, { type }]));
  try {
    return parseArgs({ args: [...args], options, strict: true }).values as OptionValues;
  } catch (error) {
    throw new InputError(`exan ${command}: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** A whole number from an option, or its default. */
export function count(values: OptionValues, name: string, fallback: number): number {
  const text = values[name];
  if (text === undefined) return fallback;
  check(/^\d+$/.test(String(text)), () => `exan: --${name} is ${text}, expected a whole number`);
  return Number(text);
}

/** A positive number from an option. */
export function positive(command: string, values: OptionValues, name: string): number {
  const value = Number(values[name]);
  check(
    value > 0 && value < Infinity,
    () => `exan ${command}: --${name} is ${values[name]}, expected a positive number`,
  );
  return value;
}

/** A text option that must be given. */
export function required(command: string, values: OptionValues, name: string): string {
  const text = values[name];
  check(typeof text === 'string' && text !== '', () => `exan ${command}: --${name} is missing; see exan --help`);
  return text as string;
}

/** One of a few words, or the first of them. */
export function oneOf<T extends string>(values: OptionValues, name: string, words: readonly [T, ...T[]]): T {
  const text = (values[name] ?? words[0]) as T;
  check(words.includes(text), () => `exan: --${name} is ${text}, expected ${words.join(' or ')}`);
  return text;
}

/** Numbers separated by commas from an option, or its default. */
export function numbers(values: OptionValues, name: string, fallback: readonly number[]): readonly number[] {
  const text = values[name];
  if (text === undefined) return fallback;
  const list = String(text).split(',').map(Number);
  check(list.every(Number.isFinite), () => `exan: --${name} is ${text}, expected numbers separated by commas`);
  return list;
}
