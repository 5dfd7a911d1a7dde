import { check } from '../check';
import { exclusivityState } from '../exclusivity/exclusivityState';
import { matrix } from '../math/matrix';
import { rng, sampleIndices } from '../math/rng';
import type { AffineLayer, AveragedGradient, Batch, Mlp } from '../types';
import { zeroRows } from './mapGradient';
import { onlyMlp } from './onlyMlp';

/**
 * Exclusivity reduction after the fact: the client withholds what belongs to neurons that a single sample activates:
 * their rows (weights and bias) and the columns that the layer above reads from them (method 2, both views).
 *
 * @param fraction strength in [0, 1]: of the exclusive neurons of every layer, chosen by the seed; 0 changes nothing
 * @throws InputError outside that range or when the batch does not fit the model
 * @example
 * const shared = defences.maskExclusiveRows(model, secret, gradient);
 * reconstruct(model, shared, { methods: ['exan'] }).samples.some(hasInput);  // => false
 */
export function maskExclusiveRows(
  model: Mlp,
  batch: Batch,
  gradient: AveragedGradient,
  fraction = 1,
  seed = 0,
): AveragedGradient {
  onlyMlp('maskExclusiveRows', model);
  check(0 <= fraction && fraction <= 1, () => `maskExclusiveRows: fraction is ${fraction}, expected one in [0, 1]`);
  const { exans } = exclusivityState(model, batch);
  const uniform = rng(seed);
  return exans.reduce((masked, bySample, layer) => {
    const exclusive = bySample.flat();
    const chosen = sampleIndices(uniform, exclusive.length, Math.round(fraction * exclusive.length));
    const neurons = chosen.map((k) => exclusive[k]);
    return zeroColumns(zeroRows(masked, layer, neurons), layer + 1, neurons);
  }, gradient);
}

function zeroColumns(gradient: AveragedGradient, layer: number, columns: readonly number[]): AveragedGradient {
  if (columns.length === 0) return gradient;
  const gradients = gradient.gradients.map((own, i): AffineLayer => {
    if (i !== layer) return own;
    const weight = matrix(own.weight.rows, own.weight.columns, own.weight.data.slice());
    for (let c = 0; c < weight.rows; c++) for (const j of columns) weight.data[c * weight.columns + j] = 0;
    return { ...own, weight };
  });
  return { ...gradient, gradients };
}
