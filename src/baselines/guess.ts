import { softmaxDerivative } from '../gradient/gradientJacobian';
import type { SoftBatch } from '../gradient/gradientMap';
import { matrix, row } from '../math/matrix';
import { normal, rng } from '../math/rng';
import { softmaxRows } from '../model/softmax';
import type { DenseMatrix } from '../types';
import type { Objective } from './optimiser';

/** How a guess of a batch stands in one vector: inputs in units of their range, then label logits where labels are searched. */
export interface GuessForm {
  /** M */
  readonly size: number;
  /** d0 */
  readonly width: number;
  /** K */
  readonly classes: number;
  /** what 0 and 1 in the vector stand for */
  readonly range: readonly [number, number];
  /** null where they are searched with the inputs */
  readonly labels: Int32Array | null;
}

/** Inputs of the guess. */
export function inputsOfGuess({ size, width, range: [low, high] }: GuessForm, x: Float64Array): DenseMatrix {
  return matrix(
    size,
    width,
    x.subarray(0, size * width).map((v) => low + (high - low) * v),
  );
}

/** A caller's `onGuess` as a search calls it. */
export function shownTo(
  onGuess: ((inputs: DenseMatrix) => void) | undefined,
  form: GuessForm,
): ((x: Float64Array) => void) | undefined {
  return onGuess && ((x) => onGuess(inputsOfGuess(form, x)));
}

/** Label of each sample of the guess: as known, or the largest logit. */
export function labelsOfGuess(form: GuessForm, x: Float64Array): Int32Array {
  const logits = logitsOf(form, x);
  return (
    form.labels ?? Int32Array.from({ length: form.size }, (_, m) => row(logits, m).indexOf(Math.max(...row(logits, m))))
  );
}

/** A function of guesses as one of vectors; its slope by the logits goes through the softmax that makes targets of them. */
export function onVector(form: GuessForm, of: (guess: SoftBatch) => SoftBatch & { readonly loss: number }): Objective {
  const { size, width, classes, labels, range } = form;
  const known = labels && oneHot(labels, classes);
  return (x) => {
    const targets = known ?? softmaxRows(logitsOf(form, x));
    const { loss, ...by } = of({ inputs: inputsOfGuess(form, x), targets });
    const slope = new Float64Array(x.length);
    slope.set(by.inputs.data.map((v) => (range[1] - range[0]) * v));
    if (!known) slope.set(softmaxDerivative(targets, by.targets).data, size * width);
    return { loss, slope };
  };
}

/** How many numbers a guess has. */
export function entriesOf({ size, width, classes, labels }: GuessForm): number {
  return size * (width + (labels ? 0 : classes));
}

/** Standard normal numbers throughout; the numbers of a start do not depend on those before it. */
export function normalStart(form: GuessForm, seed: number, start: number): Float64Array {
  const u = rng(seed + start * 2 ** 32);
  return Float64Array.from({ length: entriesOf(form) }, () => normal(u));
}

/** Uniform numbers in the range, and standard normal logits. */
export function uniformStart(form: GuessForm, seed: number, start: number): Float64Array {
  const u = rng(seed + start * 2 ** 32);
  return normalStart(form, seed, start).map((v, k) => (k < form.size * form.width ? u() : v));
}

/** Unit vectors for labels. */
export function oneHot(labels: Int32Array, classes: number): DenseMatrix {
  const targets = matrix(labels.length, classes);
  labels.forEach((y, m) => {
    targets.data[m * classes + y] = 1;
  });
  return targets;
}

function logitsOf({ size, width, classes }: GuessForm, x: Float64Array): DenseMatrix {
  return x.length > size * width ? matrix(size, classes, x.subarray(size * width)) : matrix(size, 0);
}
