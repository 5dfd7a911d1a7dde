import { matrix, row } from '../math/matrix';
import { float64 } from '../model/arithmetic';
import { forward } from '../model/forward';
import { hasWeights, kindOf } from '../model/layers';
import type { LayerKind, LayerValues } from '../model/layers/layerKind';
import { softmax } from '../model/softmax';
import type { AffineLayer, DenseMatrix, Layer, Network, Reduction } from '../types';
import { softmaxDerivative } from './gradientJacobian';

/** A guess of a batch whose labels need not be settled. */
export interface SoftBatch {
  /** M x d0 */
  readonly inputs: DenseMatrix;
  /** M x K: what the probabilities are compared with, a unit vector for a label */
  readonly targets: DenseMatrix;
}

/** The gradient of a guess, and how it depends on the guess. */
export interface GradientMap {
  readonly gradients: readonly AffineLayer[];
  /**
   * Jᵀ v: the derivative of <gradient, v> by the guess, for v shaped like the gradient.
   *
   * By symmetry it is the derivative of the loss's own input gradient along the weights v: one forward and one backward
   * pass of tangents, so no second derivative is formed and none is left to a framework.
   */
  readonly pull: (v: readonly AffineLayer[]) => SoftBatch;
}

/**
 * The gradient that a client with this batch would share, for any layers, and its transposed Jacobian.
 *
 * @example
 * const targets = fromRows([[1, 0], [0, 1]]);
 * gradientMap(net, { inputs, targets }).pull(residual).inputs;  // d (|residual|² / 2) / d inputs
 */
export function gradientMap(
  network: Network,
  { inputs, targets }: SoftBatch,
  reduction: Reduction = 'mean',
): GradientMap {
  const { layers } = network;
  const { values, logits } = forward(network, inputs);
  const share = reduction === 'mean' ? 1 / inputs.rows : 1;
  const probabilities = eachRow(logits, softmax);
  const around = layers.map((_, k): LayerValues => ({ entering: values[k], leaving: values[k + 1] }));

  // deltas[k] belongs to what leaves layer k; below a layer that works in place only the lower one is kept
  const deltas: DenseMatrix[] = new Array(layers.length);
  let delta: DenseMatrix = {
    ...logits,
    data: probabilities.data.map((p, k) => share * (p - targets.data[k])),
  };
  for (let k = layers.length - 1; k >= 0; k--) {
    deltas[k] = delta;
    if (k > 0) delta = kindOf(layers[k]).backward(layers[k], delta, around[k], float64);
  }
  const weighted = layers.flatMap((layer, k) => (hasWeights(layer) ? [k] : []));
  const gradients = weighted.map((k) => weightGradient(layers[k], deltas[k], values[k]));

  const pull = (v: readonly AffineLayer[]): SoftBatch => {
    const along = layers.map((layer, k) => (hasWeights(layer) ? { ...layer, ...v[weighted.indexOf(k)] } : null));
    const motions: (DenseMatrix | null)[] = [null]; // motions[k] enters layer k; the inputs do not move
    layers.forEach((layer, k) => {
      const kind = kindOf(layer) as LayerKind<Layer>;
      const carried = motions[k] && kind.tangent(layer, motions[k] as DenseMatrix, around[k], float64);
      const own = along[k] && kind.forward(along[k] as Layer, values[k], float64);
      motions.push(carried && own ? added(carried, own) : (carried ?? own));
    });
    const moved = motions[layers.length] ?? matrix(logits.rows, logits.columns);
    const shares = new Float64Array(inputs.rows).fill(share);
    let motion = softmaxDerivative(probabilities, moved, shares);
    for (let k = layers.length - 1; k >= 0; k--) {
      const kind = kindOf(layers[k]) as LayerKind<Layer>;
      const bent = motions[k] && kind.curvature?.(deltas[k], motions[k] as DenseMatrix, around[k]);
      const own = along[k] && kind.backward(along[k] as Layer, deltas[k], around[k], float64);
      motion = kind.backward(layers[k], motion, around[k], float64);
      for (const more of [bent, own]) if (more) added(motion, more);
    }
    return { inputs: motion, targets: { ...moved, data: moved.data.map((l) => -share * l) } };
  };
  return { gradients, pull };
}

function weightGradient(layer: Layer, delta: DenseMatrix, entering: DenseMatrix): AffineLayer {
  const own = kindOf(layer).weightGradient?.(layer, delta, entering, float64);
  if (!own) throw new Error(`gradientMap: a layer ${layer.kind} has no weights`);
  return own;
}

/** a += b; returns a. */
function added(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  for (let k = 0; k < a.data.length; k++) a.data[k] += b.data[k];
  return a;
}

function eachRow(a: DenseMatrix, f: (values: Float64Array) => Float64Array): DenseMatrix {
  const result = matrix(a.rows, a.columns);
  for (let m = 0; m < a.rows; m++) row(result, m).set(f(row(a, m)));
  return result;
}
