import { fromRows } from '../../math/matrix';
import { forward } from '../../model/forward';
import type { Mlp } from '../../types';

/** Neurons that each sample alone fires, one count per ReLU layer, from the recovered batch itself. */
export function ownNeurons(model: Mlp, inputs: readonly Float64Array[]): number[][] {
  const counts = inputs.map(() => new Array<number>(model.dense.length - 1).fill(0));
  forward(model, fromRows(inputs))
    .features.slice(1)
    .forEach(({ rows, columns, data }, i) => {
      for (let j = 0; j < columns; j++) {
        const on = [];
        for (let m = 0; m < rows && on.length < 2; m++) if (data[m * columns + j] > 0) on.push(m);
        const owner = counts[on[0]];
        if (on.length === 1 && owner) owner[i] += 1;
      }
    });
  return counts;
}
