import type { DenseMatrix, SigmoidLayer } from '../../types';
import type { Arithmetic } from '../arithmetic';
import { entrywise, type LayerKind, type LayerValues } from './layerKind';

/** s = 1 / (1 + exp(-z)); s' = s (1 - s), s'' = s' (1 - 2 s). */
export const sigmoid: LayerKind<SigmoidLayer> = {
  forward: (_, entering, { round }) => ({
    ...entering,
    data: entering.data.map((z) => round(1 / round(1 + round(Math.exp(-z))))),
  }),
  backward: passOn,
  tangent: entrywise(passOn),
  curvature: (delta, motion, { leaving }) => ({
    ...delta,
    data: leaving.data.map((s, k) => s * (1 - s) * (1 - 2 * s) * motion.data[k] * delta.data[k]),
  }),
};

function passOn(_: SigmoidLayer, delta: DenseMatrix, { leaving }: LayerValues, { round }: Arithmetic): DenseMatrix {
  return { ...delta, data: delta.data.map((d, k) => round(d * round(leaving.data[k] * round(1 - leaving.data[k])))) };
}
