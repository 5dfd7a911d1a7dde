import type { DenseMatrix, Network } from '../types';
import { type Arithmetic, float64 } from './arithmetic';
import { hasWeights, kindOf } from './layers';

/** What a forward pass leaves behind. */
export interface Activations {
  /** features[i] enters the i-th layer with weights: features[0] is the input of an mlp (M x widths[i]) */
  readonly features: readonly DenseMatrix[];
  /** values[k] enters layers[k]; the last are the logits; empty matrices below where the pass began */
  readonly values: readonly DenseMatrix[];
  /** M x K */
  readonly logits: DenseMatrix;
}

/**
 * Forward pass from the features that enter a layer to the logits (method 1).
 *
 * @param features M x widths[from]
 * @param from which of the layers with weights they enter. @default 0, the whole network
 * @throws InputError when the features do not fit the layer
 * @example
 * forward(model, secret.inputs).logits.columns;  // => 10
 */
export function forward(
  { layers }: Network,
  features: DenseMatrix,
  from = 0,
  arithmetic: Arithmetic = float64,
): Activations {
  const weighted = layers.flatMap((layer, k) => (hasWeights(layer) ? [k] : []));
  const start = from === 0 ? 0 : weighted[from];
  const nothing = { rows: features.rows, columns: 0, data: new Float64Array(0) };
  const values: DenseMatrix[] = new Array(start).fill(nothing);
  values.push(features);
  for (let k = start; k < layers.length; k++) values.push(kindOf(layers[k]).forward(layers[k], values[k], arithmetic));
  return { features: weighted.map((k) => values[k]), values, logits: values[layers.length] };
}
