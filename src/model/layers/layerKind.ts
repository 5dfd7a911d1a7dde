import type { AffineLayer, DenseMatrix } from '../../types';
import type { Arithmetic } from '../arithmetic';

/** Values on both sides of a layer, from the forward pass. */
export interface LayerValues {
  readonly entering: DenseMatrix;
  readonly leaving: DenseMatrix;
}

/**
 * What one kind of layer can do, for M samples at once: values enter it as M x in and leave it as M x out, and deltas are
 * the derivatives of the loss by these values (method 1).
 */
export interface LayerKind<L> {
  /** values that leave the layer, from those that enter it */
  forward(layer: L, entering: DenseMatrix, arithmetic: Arithmetic): DenseMatrix;
  /** deltas of what enters, from those of what leaves; `delta` may be changed in place */
  backward(layer: L, delta: DenseMatrix, values: LayerValues, arithmetic: Arithmetic): DenseMatrix;
  /** motion of what leaves, from that of what enters, the weights fixed: the adjoint of `backward`; changes nothing in place */
  tangent(layer: L, motion: DenseMatrix, values: LayerValues, arithmetic: Arithmetic): DenseMatrix;
  /** what a motion of the values adds to `backward` of a fixed delta; only kinds that bend */
  curvature?(delta: DenseMatrix, motion: DenseMatrix, values: LayerValues): DenseMatrix;
  /** summed over the samples, in the shape of the layer's weights; only kinds that have weights */
  weightGradient?(layer: L, delta: DenseMatrix, entering: DenseMatrix, arithmetic: Arithmetic): AffineLayer;
}

/** The tangent of kinds that work entry by entry: a diagonal is its own adjoint. */
export function entrywise<L>(backward: LayerKind<L>['backward']): LayerKind<L>['tangent'] {
  return (layer, motion, values, arithmetic) =>
    backward(layer, { ...motion, data: motion.data.slice() }, values, arithmetic);
}
