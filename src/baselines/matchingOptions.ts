import { check, isCount } from '../check';
import { checkGradient } from '../gradient/checkGradient';
import { classesOf, inputsOf } from '../model/layers';
import type { AveragedGradient, DenseMatrix, ImageShape, Network } from '../types';
import type { SizedOptions, Told } from './estimate';
import type { GuessForm } from './guess';
import type { SearchState } from './search';

/** What attacks by optimisation understand. */
export interface SearchOptions extends SizedOptions {
  /** most iterations of a random start */
  readonly iterations?: number;
  /** random starts, until one of them ends where the loss is nothing */
  readonly restarts?: number;
  /** called now and then with the best guess so far, M x d0 */
  readonly onGuess?: (inputs: DenseMatrix) => void;
  /** `state` of an earlier answer to the same question with the same options */
  readonly resume?: SearchState;
}

/** What attacks that box and smooth pictures understand beside that. */
export interface PictureOptions extends SearchOptions {
  /** learning rate, in units of the range */
  readonly rate?: number;
  /** weight of the pictures' total variation, 0 for none */
  readonly smoothness?: number;
  /** shape of pictures with channels last, for networks without convolutions, which cannot say; needed where there is smoothness */
  readonly image?: ImageShape | undefined;
  /** bounds of the inputs, in whose units the search works; 'open' for none. @default [0, 1] */
  readonly range?: readonly [number, number] | 'open';
}

/** Keys that every attack by optimisation understands. */
export const searchKeys: readonly string[] = [
  ...['size', 'labels', 'seed', 'seconds', 'signal', 'onProgress', 'onGuess'],
  ...['settings', 'iterations', 'restarts', 'resume'],
];
export const pictureKeys: readonly string[] = [...searchKeys, 'rate', 'smoothness', 'image', 'range'];

/** What an attack that takes the batch size was told of it. */
export function toldOf({ labels }: SizedOptions): readonly Told[] {
  return labels ? ['batch size', 'labels'] : ['batch size'];
}

/** Throws unless the options are understood by name, and those that all attacks share are in range. */
export function checkOptions(caller: string, options: Partial<SearchOptions>, understood: readonly string[]): void {
  const unknown = Object.keys(options).filter((key) => !understood.includes(key));
  check(
    unknown.length === 0,
    () => `${caller}: ${unknown.join(', ')} is not understood, expected ${understood.join(', ')}`,
  );
  const { size, seed = 0, iterations = 1, restarts = 1 } = options;
  const sized = understood.includes('size');
  check(
    !sized || isCount(size as number),
    () => `${caller}: size is ${size}, expected the number of samples, a positive integer`,
  );
  check(Number.isInteger(seed), () => `${caller}: seed is ${seed}, expected an integer`);
  check(isCount(iterations), () => `${caller}: iterations is ${iterations}, expected a positive integer`);
  check(isCount(restarts), () => `${caller}: restarts is ${restarts}, expected a positive integer`);
}

/** Throws unless a number is positive, or not negative where zero is allowed. */
export function checkNumber(caller: string, name: string, value: number, zero = false): void {
  check(
    (zero ? value >= 0 : value > 0) && value < Number.POSITIVE_INFINITY,
    () => `${caller}: ${name} is ${value}, expected a ${zero ? 'number of at least 0' : 'positive number'}`,
  );
}

/**
 * The form of guesses for this network, once it is clear that the gradient fits it and the labels fit both.
 *
 * @throws InputError when they do not
 */
export function formOf(
  caller: string,
  network: Network,
  gradient: AveragedGradient,
  { size, labels }: SizedOptions,
  range: GuessForm['range'] = [0, 1],
): GuessForm {
  checkGradient(network, gradient, caller);
  const [width, classes] = [inputsOf(network), classesOf(network)];
  if (labels) {
    check(labels.length === size, () => `${caller}: ${labels.length} labels, expected ${size} (the size)`);
    const wrong = labels.findIndex((y) => !(Number.isInteger(y) && 0 <= y && y < classes));
    check(wrong < 0, () => `${caller}: label ${labels[wrong]} of sample ${wrong}, expected 0..${classes - 1}`);
  }
  return { size, width, classes, range, labels: labels ?? null };
}
