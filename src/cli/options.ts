import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { endProgress } from './watchTerminal';

/** What an option that takes a whole number does with its text. */
export function count(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** What an option that takes a positive number does with its text. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('Expected a positive number.');
  return value;
}

/** What an option that takes a number in [0, 1) does with its text. */
export function share(text: string): number {
  const value = Number(text);
  if (!(text.trim() !== '' && value >= 0 && value < 1)) throw new InvalidArgumentError('Expected a number in [0, 1).');
  return value;
}

/** What an option that takes numbers separated by commas does with its text. */
export function numbers(text: string): readonly number[] {
  const parts = text.split(',');
  if (!parts.every((part) => part.trim() !== '' && Number.isFinite(Number(part))))
    throw new InvalidArgumentError('Expected numbers separated by commas.');
  return parts.map(Number);
}

/** What an option that takes a lower and an upper bound does with its text. */
export function bounds(text: string): [number, number] {
  const [low = Number.NaN, high = Number.NaN, ...more] = numbers(text);
  if (!(low < high) || more.length > 0) throw new InvalidArgumentError('Expected LOW,HIGH.');
  return [low, high];
}

/** What an option that takes some of these names, separated by commas, does with its text; `noun` is what one is called. */
export function someOf<Name extends string>(known: readonly Name[], noun: string): (text: string) => readonly Name[] {
  return (text) =>
    text.split(',').map((name) => {
      const found = known.find((one) => one === name);
      if (found === undefined)
        throw new InvalidArgumentError(`${name} is no ${noun}, expected some of ${known.join(', ')}.`);
      return found;
    });
}

/** An option that takes numbers separated by commas, its default shown as it would be typed. */
export function list<Flags extends string>(
  flags: Flags,
  description: string,
  usual: readonly number[],
): Option<Flags, undefined, readonly number[], readonly number[]> {
  return new Option(flags, description).argParser(numbers).default<readonly number[]>(usual, usual.join(','));
}

/** How many threads there are. */
export function workers(text = 'threads'): Option<'--workers <n>', undefined, number, number> {
  return new Option('--workers <n>', text).argParser(count).default<number>(availableParallelism(), 'one per core');
}

/** A command whose results can be had as JSON. */
export function commandWithJson(name: string, description: string): Command<[], { json?: true }> {
  return new Command(name).description(description).option('--json', 'one JSON object instead of text');
}

/** Writes a command's result, the only thing that goes to standard output. */
export function print(text: string): void {
  endProgress();
  process.stdout.write(text);
}
