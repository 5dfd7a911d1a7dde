import { SIX } from '../../model/layers/relu6';
import type { DenseMatrix, PiecewiseLinear } from '../../types';

/** An activation as the way down sees it from above. */
export interface Undone {
  /** what entered it, where that can be told: values at an end of a ReLU stay as they are */
  readonly values: DenseMatrix;
  /** its derivative there, entry by entry; null for 1 throughout */
  readonly factors: Float64Array | null;
}

/**
 * What entered an activation, and which deltas it let pass, from the values that left it.
 *
 * @param least values that are no further from an end of it than this may lie on either side
 */
export function undone(activation: PiecewiseLinear | null, values: DenseMatrix, least: number): Undone {
  if (!activation) return { values, factors: null };
  const { data } = values;
  if (activation.kind === 'leakyRelu') {
    const { slope } = activation;
    return {
      values: { ...values, data: data.map((v) => (v > 0 ? v : v / slope)) },
      factors: data.map((v) => (v > 0 ? 1 : slope)),
    };
  }
  const end = activation.kind === 'relu6' ? SIX - least : Number.POSITIVE_INFINITY;
  return { values, factors: data.map((v) => (least < v && v < end ? 1 : 0)) };
}
