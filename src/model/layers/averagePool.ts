import { matrix, row } from '../../math/matrix';
import type { AveragePoolLayer, DenseMatrix } from '../../types';
import type { Arithmetic } from '../arithmetic';
import type { LayerKind } from './layerKind';
import { checkEntering, eachWindow, outputShape, sizeOf } from './planes';

/** The mean of each window; back, every value of a window gets an equal part of its delta. */
export const averagePool: LayerKind<AveragePoolLayer> = {
  forward: means,
  tangent: (layer, motion, _, arithmetic) => means(layer, motion, arithmetic),
  backward: (layer, delta, { entering }, { round }) => {
    const { size, input } = layer;
    const below = matrix(entering.rows, entering.columns);
    eachRow(layer, [below, delta], (x, y, window, first) => {
      const share = round(y[window] / (size * size));
      for (let a = 0; a < size; a++)
        for (let b = 0; b < size; b++) {
          const at = first + a * input.width + b;
          x[at] = round(x[at] + share);
        }
    });
    return below;
  },
};

function means(layer: AveragePoolLayer, entering: DenseMatrix, { round }: Arithmetic): DenseMatrix {
  const { size, input } = layer;
  checkEntering(layer, entering);
  const leaving = matrix(entering.rows, sizeOf(outputShape(layer)));
  eachRow(layer, [entering, leaving], (x, y, window, first) => {
    let sum = 0;
    for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) sum = round(sum + x[first + a * input.width + b]);
    y[window] = round(sum / (size * size));
  });
  return leaving;
}

/** Every window of every sample: rows of what enters and what leaves, number of the window, index of its first value. */
function eachRow(
  layer: AveragePoolLayer,
  [entering, leaving]: readonly [DenseMatrix, DenseMatrix],
  visit: (x: Float64Array, y: Float64Array, window: number, first: number) => void,
): void {
  for (let m = 0; m < entering.rows; m++) {
    const [x, y] = [row(entering, m), row(leaving, m)];
    eachWindow(layer, (window, first) => visit(x, y, window, first));
  }
}
