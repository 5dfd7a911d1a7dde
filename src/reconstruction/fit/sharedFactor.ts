import { dot, norm, row } from '../../math/matrix';
import { forward } from '../../model/forward';
import { lossVector } from '../../model/softmax';
import type { DenseMatrix, Mlp } from '../../types';

/** Relative step of derivatives by the length of an input. */
const step = 1e-4;

/**
 * What an unknown factor of the gradient leaves open of each input where the lowest layer has no biases: it is fitted from the samples'
 * own weights, and lengths follow from it, all off in the same way.
 *
 * @param units what each sample's weight says of the factor
 * @param lossErrors deviation of each loss vector over its size
 * @returns root mean square error of each input's entries; zeros where biases fix the lengths
 */
export function factorErrors(
  model: Mlp,
  inputs: DenseMatrix,
  labels: Int32Array,
  units: readonly number[],
  lossErrors: Float64Array,
): Float64Array {
  const none = new Float64Array(inputs.rows);
  if (model.dense[0].bias) return none;
  const { logits } = forward(model, inputs);
  const lengths = none.map((_, m) => norm(row(inputs, m)) / Math.sqrt(inputs.columns));
  const change = Array.from(labels, (label, m) => changeByLength(row(logits, m), label));
  const count = units.length;
  const mean = units.reduce((sum, v) => sum + v, 0) / count;
  const scatter = Math.sqrt(units.reduce((sum, v) => sum + (v / mean - 1) ** 2, 0) / Math.max(1, count - 1));
  // a loss vector's direction tells its length, and its size then the factor; once fitted, the samples agree whatever it is
  const precision = change.reduce((sum, { turn, growth }, m) => sum + (turn / (growth * lossErrors[m])) ** 2, 0);
  const off = Math.max(scatter / Math.sqrt(count), 1 / Math.sqrt(precision));
  return lengths.map((length, m) => (length * off) / change[m].growth);
}

/** By how much a loss vector times its input's length turns and grows, relative to a relative change of that length. */
function changeByLength(logits: Float64Array, label: number): { readonly turn: number; readonly growth: number } {
  const at = (t: number): Float64Array =>
    lossVector(
      logits.map((v) => t * v),
      label,
    ).map((v) => t * v);
  const [here, there] = [at(1), at(1 + step)];
  const cosine = dot(here, there) / (norm(here) * norm(there));
  return {
    turn: Math.sqrt(Math.max(0, 2 - 2 * cosine)) / step,
    growth: Math.abs(norm(there) / norm(here) - 1) / step,
  };
}
