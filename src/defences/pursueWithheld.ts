import { columns, rowsOf } from '../math/matrix';
import { mlpOf } from '../model/mlp';
import { eulerNoise, largestNoise } from '../reconstruction/eulerNoise';
import { findColumns } from '../reconstruction/pursuit/findColumns';
import { topFeatures } from '../reconstruction/pursuit/inputs';
import { lossSubspace } from '../reconstruction/pursuit/lossSubspace';
import { runHere } from '../reconstruction/pursuit/runHere';
import type { AffineLayer, AveragedGradient, DenseMatrix, Mlp } from '../types';

/**
 * Pattern pursuit against a client that withholds neurons (masked rows, dropout): the rows that are shared still span
 * the samples' deltas, and the columns of all samples give all inputs, Q^-1 S Vᵀ (SPEC 4). No replay can confirm them,
 * since the withheld part is missing from it: the evidence is in the zeros of the columns.
 *
 * @param seconds after which the search gives up
 * @returns the inputs (rank x d0), or undefined when no neuron is silent, entries and not neurons were changed, columns
 *   are missing, or the network has more than one hidden layer (the withheld neurons would be needed on the way down)
 * @example
 * // the whole batch
 * defences.pursueWithheld(model, defences.maskExclusiveRows(model, secret, gradient), 4)?.rows;  // => 8
 */
export function pursueWithheld(model: Mlp, gradient: AveragedGradient, seconds: number): DenseMatrix | undefined {
  const part = sharedPart(model, gradient);
  if (!part) return undefined;
  const noise = Math.max(...eulerNoise(part.model, part.gradient), 2 ** -54);
  if (noise > largestNoise) return undefined;
  const space = lossSubspace(part.model, part.gradient, noise);
  if (space.full || space.rank + 4 > space.live.length) return undefined; // no neurons left to tell samples apart
  const search = findColumns(space, [], { end: performance.now() + 1e3 * seconds });
  return runHere(search.run()) ? topFeatures(space, search.columns)?.features : undefined;
}

/** Model and gradient without the hidden neurons whose gradient row is zero: withheld, or dead. */
function sharedPart(model: Mlp, gradient: AveragedGradient): { model: Mlp; gradient: AveragedGradient } | undefined {
  const [first, head] = gradient.gradients;
  if (model.dense.length !== 2 || !first || !head) return undefined;
  const { weight, bias } = first;
  const shared = [...Array(weight.rows).keys()].filter(
    (j) =>
      (bias?.[j] ?? 0) !== 0 || weight.data.subarray(j * weight.columns, (j + 1) * weight.columns).some((v) => v !== 0),
  );
  if (shared.length === 0 || shared.length === weight.rows) return undefined;
  const cut = ([below, above]: readonly AffineLayer[]): AffineLayer[] => [
    neuronsOf(below, shared),
    { ...above, weight: columns(above.weight, shared) },
  ];
  return {
    model: mlpOf(cut(model.dense)),
    gradient: { ...gradient, gradients: cut(gradient.gradients) },
  };
}

function neuronsOf({ weight, bias }: AffineLayer, neurons: readonly number[]): AffineLayer {
  const part = rowsOf(weight, neurons);
  return bias ? { weight: part, bias: Float64Array.from(neurons, (j) => bias[j]) } : { weight: part };
}
