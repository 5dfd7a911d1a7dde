import type { AffineLayer, DenseMatrix } from '../../types';

/**
 * What one kind of layer can do, for M samples at once: values enter it as M x in and leave it as M x out, and deltas are
 * the derivatives of the loss by these values, unit weight for every sample (SPEC 1).
 */
export interface LayerKind<L> {
  /** values that leave the layer, from those that enter it */
  forward(layer: L, entering: DenseMatrix): DenseMatrix;
  /** deltas of what enters, from those of what leaves; `delta` may be changed in place */
  backward(layer: L, delta: DenseMatrix, leaving: DenseMatrix): DenseMatrix;
  /** summed over the samples, in the shape of the layer's weights; only kinds that have weights */
  weightGradient?(layer: L, delta: DenseMatrix, entering: DenseMatrix): AffineLayer;
}
