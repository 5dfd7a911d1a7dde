import { fromRows, row } from '../../math/matrix';
import { forward } from '../../model/forward';
import { piecesOf } from '../../model/layers/pieces';
import type { Mlp } from '../../types';
import { type Remainder, standsOut } from '../evidence/remainder';
import type { Sample } from '../evidence/sample';

/**
 * Neurons whose rows each sample alone makes, one count per hidden layer, from the recovered batch itself. Under a leaky ReLU every sample is
 * in every row, so there are none beside others.
 */
export function exansOf(model: Mlp, inputs: readonly Float64Array[]): number[][] {
  const { features } = forward(model, fromRows(inputs));
  return countOwners(
    inputs.length,
    features.slice(1).map((f, i) => {
      const { factorOf } = piecesOf(model.activations[i]);
      return {
        neurons: f.columns,
        fires: (m: number, j: number) => factorOf(row(f, m)[j], j) !== 0,
        alone: () => true,
      };
    }),
  );
}

/**
 * The same as the attack sees it while samples are missing: neurons that one found sample fires, no other found sample does, and whose
 * row holds nothing more once the found samples are taken away.
 */
export function exansSeen(model: Mlp, samples: readonly Sample[], left: Remainder): number[][] {
  return countOwners(
    samples.length,
    model.dense.slice(0, -1).map((_, i) => {
      const stands = standsOut(left, i);
      const { factorOf } = piecesOf(model.activations[i]);
      return {
        neurons: model.widths[i + 1],
        fires: (m: number, j: number) => factorOf(samples[m].pass.features[i + 1].data[j], j) !== 0,
        alone: (j: number) => !stands[j],
      };
    }),
  );
}

interface Layer {
  readonly neurons: number;
  fires(sample: number, neuron: number): boolean;
  alone(neuron: number): boolean;
}

function countOwners(samples: number, layers: readonly Layer[]): number[][] {
  const counts = Array.from({ length: samples }, () => new Array<number>(layers.length).fill(0));
  layers.forEach(({ neurons, fires, alone }, i) => {
    for (let j = 0; j < neurons; j++) {
      const on: number[] = [];
      for (let m = 0; m < samples && on.length < 2; m++) if (fires(m, j)) on.push(m);
      if (on.length === 1 && alone(j)) counts[on[0]][i] += 1;
    }
  });
  return counts;
}
