import { axpy, matrix } from '../math/matrix';
import { type Arithmetic, float64 } from '../model/arithmetic';
import { forward } from '../model/forward';
import { hasWeights, kindOf } from '../model/layers';
import type { LayerKind, LayerValues } from '../model/layers/layerKind';
import { softmaxRows } from '../model/softmax';
import type { AffineLayer, DenseMatrix, Layer, Network, Reduction } from '../types';
import { softmaxDerivative } from './gradientJacobian';

/** A guess of a batch whose labels need not be settled. */
export interface SoftBatch {
  /** M x d0 */
  readonly inputs: DenseMatrix;
  /** M x K: what the probabilities are compared with, a unit vector for a label */
  readonly targets: DenseMatrix;
}

/** A direction of one layer's weights: as such, or as what the layer would do with them in place of its own. */
export type Direction =
  | AffineLayer
  | {
      /** values that leave, from those that enter the layer */
      readonly forward: () => DenseMatrix;
      /** deltas of what enters, from those of what leaves */
      readonly backward: () => DenseMatrix;
    };

/** A layer with weights, what enters it, and the delta of what leaves it. */
export interface Factors {
  readonly layer: Layer & AffineLayer;
  readonly entering: DenseMatrix;
  readonly delta: DenseMatrix;
}

/** The gradient of a guess, and how it depends on the guess. */
export interface GradientMap {
  /** from which the gradient of each layer with weights is made; of a dense layer it is deltaᵀ [entering, 1] */
  readonly factors: readonly Factors[];
  /** formed when asked for */
  readonly gradients: () => AffineLayer[];
  /**
   * Jᵀ v: the derivative of <gradient, v> by the guess, for v shaped like the gradient.
   *
   * By symmetry it is the derivative of the loss's own input gradient along the weights v: one forward and one backward
   * pass of tangents, so no second derivative is formed and none is left to a framework.
   */
  readonly pull: (v: readonly Direction[]) => SoftBatch;
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
  guess: SoftBatch,
  reduction: Reduction = 'mean',
  arithmetic: Arithmetic = float64,
): GradientMap {
  const passes = passesOf(network, guess, reduction, arithmetic);
  const factors = network.layers.flatMap((layer, k): Factors[] =>
    hasWeights(layer) ? [{ layer, entering: passes.around[k].entering, delta: passes.deltas[k] }] : [],
  );
  return {
    factors,
    gradients: () => factors.map((own) => weightGradient(own, arithmetic)),
    pull: (v) => pulled(network.layers, passes, v, arithmetic),
  };
}

/** What a forward and a backward pass leave behind. */
interface Passes {
  readonly around: readonly LayerValues[];
  /** deltas[k] belongs to what leaves layer k; below a layer that works in place only the lower one is kept */
  readonly deltas: readonly DenseMatrix[];
  readonly probabilities: DenseMatrix;
  /** weight of each sample */
  readonly share: number;
}

function passesOf(
  network: Network,
  { inputs, targets }: SoftBatch,
  reduction: Reduction,
  arithmetic: Arithmetic,
): Passes {
  const { layers } = network;
  const { values, logits } = forward(network, inputs, 0, arithmetic);
  const around = layers.map((_, k): LayerValues => ({ entering: values[k], leaving: values[k + 1] }));
  const share = reduction === 'mean' ? 1 / inputs.rows : 1;
  const probabilities = softmaxRows(logits);
  const deltas: DenseMatrix[] = new Array(layers.length);
  let delta: DenseMatrix = { ...logits, data: probabilities.data.map((p, k) => share * (p - targets.data[k])) };
  for (let k = layers.length - 1; k >= 0; k--) {
    deltas[k] = delta;
    if (k > 0) delta = kindOf(layers[k]).backward(layers[k], delta, around[k], arithmetic);
  }
  return { around, deltas, probabilities, share };
}

function pulled(
  layers: readonly Layer[],
  { around, deltas, probabilities, share }: Passes,
  v: readonly Direction[],
  arithmetic: Arithmetic,
): SoftBatch {
  let weighted = 0;
  const along = layers.map((layer, k) => (hasWeights(layer) ? inPlace(layer, v[weighted++], k) : null));
  const motions: (DenseMatrix | null)[] = [null]; // motions[k] enters layer k; the inputs do not move
  layers.forEach((layer, k) => {
    const carried = motions[k] && kindOf(layer).tangent(layer, motions[k] as DenseMatrix, around[k], arithmetic);
    const own = along[k]?.forward() ?? null;
    if (carried && own) axpy(1, own.data, carried.data);
    motions.push(carried ?? own);
  });
  const { rows, columns } = probabilities;
  const moved = motions[layers.length] ?? matrix(rows, columns);
  let motion = softmaxDerivative(probabilities, moved, new Float64Array(rows).fill(share));
  for (let k = layers.length - 1; k >= 0; k--) {
    const kind = kindOf(layers[k]) as LayerKind<Layer>;
    const bent = motions[k] && kind.curvature?.(deltas[k], motions[k] as DenseMatrix, around[k]);
    const own = along[k]?.backward();
    motion = kind.backward(layers[k], motion, around[k], arithmetic);
    for (const more of [bent, own]) if (more) axpy(1, more.data, motion.data);
  }
  return { inputs: motion, targets: { ...moved, data: moved.data.map((l) => -share * l) } };

  /** What a layer does with the direction as its weights. */
  function inPlace(layer: Layer & AffineLayer, direction: Direction, k: number): Exclude<Direction, AffineLayer> {
    if ('forward' in direction) return direction;
    const turned = { ...layer, ...direction } as Layer;
    return {
      forward: () => kindOf(turned).forward(turned, around[k].entering, arithmetic),
      backward: () => kindOf(turned).backward(turned, deltas[k], around[k], arithmetic),
    };
  }
}

/** Gradient of a layer's weights, summed over the samples. */
export function weightGradient({ layer, delta, entering }: Factors, arithmetic: Arithmetic = float64): AffineLayer {
  const own = (kindOf(layer) as LayerKind<Layer>).weightGradient?.(layer, delta, entering, arithmetic);
  if (!own) throw new Error(`gradientMap: a layer ${layer.kind} has no weights`);
  return own;
}
