import { matrix, row } from '../../math/matrix';
import type { DenseMatrix, MaxPoolLayer } from '../../types';
import type { LayerKind } from './layerKind';
import { checkEntering, eachWindow, outputShape, sizeOf } from './planes';

/** The largest value of each window; back, the winner gets the delta. */
export const maxPool: LayerKind<MaxPoolLayer> = {
  forward: (layer, entering) => {
    checkEntering(layer, entering);
    return atWinners(layer, entering, entering);
  },
  tangent: (layer, motion, { entering }) => atWinners(layer, entering, motion),
  backward: (layer, delta, { entering }, { round }) => {
    const below = matrix(entering.rows, entering.columns);
    for (let m = 0; m < entering.rows; m++) {
      const [x, d, b] = [row(entering, m), row(delta, m), row(below, m)];
      eachWindow(layer, (window, first) => {
        const at = winner(layer, x, first);
        b[at] = round(b[at] + d[window]); // windows that overlap may share a winner
      });
    }
    return below;
  },
};

/** What stands where each window of `entering` has its largest value. */
function atWinners(layer: MaxPoolLayer, entering: DenseMatrix, values: DenseMatrix): DenseMatrix {
  const leaving = matrix(entering.rows, sizeOf(outputShape(layer)));
  for (let m = 0; m < entering.rows; m++) {
    const [x, v, y] = [row(entering, m), row(values, m), row(leaving, m)];
    eachWindow(layer, (window, first) => {
      y[window] = v[winner(layer, x, first)];
    });
  }
  return leaving;
}

/** Index of a window's largest value, the first of equals in row-major order, as PyTorch has it. */
export function winner({ size, input }: MaxPoolLayer, values: Float64Array, first: number): number {
  let best = first;
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++) {
      const at = first + a * input.width + b;
      if (values[at] > values[best]) best = at;
    }
  return best;
}
