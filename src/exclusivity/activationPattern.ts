import type { DenseMatrix } from '../types';

/** Which neurons of one ReLU layer fire for which sample: `fires[m * neurons + j]` is 1 or 0. */
export interface ActivationPattern {
  readonly samples: number;
  readonly neurons: number;
  readonly fires: Uint8Array;
}

/**
 * Activation pattern of the features that leave a ReLU: neuron j fires for sample m when its feature is positive (method 1).
 *
 * @param features samples x neurons
 * @example
 * activationPattern({ rows: 2, columns: 2, data: Float64Array.of(0, 2.5, 1, 0) }).fires;  // => [0, 1, 1, 0]
 */
export function activationPattern(features: DenseMatrix): ActivationPattern {
  return {
    samples: features.rows,
    neurons: features.columns,
    fires: Uint8Array.from(features.data, (v) => (v > 0 ? 1 : 0)),
  };
}
