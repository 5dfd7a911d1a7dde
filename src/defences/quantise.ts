import { check } from '../check';
import { largest } from '../math/matrix';
import { toHalf } from '../math/toHalf';
import type { AveragedGradient } from '../types';
import { mapGradient } from './mapGradient';

/** What an entry is rounded to; `none` changes nothing. */
export type Rounding = 'none' | 'fp16' | 'int8' | 'sign';

/**
 * Shares the gradient in few bits: IEEE half precision, 255 equal steps per array, or only the sign times the mean
 * magnitude (Bernstein et al. 2018). Rounding is to nearest, so that equal gradients stay equal.
 *
 * @throws InputError for an unknown rounding
 * @example
 * new Set(defences.quantise(gradient, 'int8').gradients[0].weight.data).size <= 255;  // => true
 */
export function quantise(gradient: AveragedGradient, to: Rounding): AveragedGradient {
  check(to === 'none' || to in roundings, () => `quantise: to is ${to}, expected none, fp16, int8 or sign`);
  return to === 'none' ? gradient : mapGradient(gradient, roundings[to]);
}

const roundings: Record<Exclude<Rounding, 'none'>, (values: Float64Array) => Float64Array> = {
  fp16: (values) => values.map(toHalf),
  int8: (values) => {
    const step = largest(values) / 127;
    return step === 0 ? values : values.map((v) => Math.round(v / step) * step);
  },
  sign: (values) => {
    const mean = values.reduce((sum, v) => sum + Math.abs(v), 0) / values.length;
    return values.map((v) => Math.sign(v) * mean);
  },
};
