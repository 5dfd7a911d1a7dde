import { check } from '../check';
import { exclusivityState } from '../exclusivity/exclusivityState';
import { norm, row } from '../math/matrix';
import { rng, sampleIndices } from '../math/rng';
import { affine } from '../model/layers/dense';
import type { Batch, DenseMatrix, Mlp } from '../types';
import { onlyMlp } from './onlyMlp';
import { type PatternChange, type Perturbed, type PerturbOptions, perturbPatterns } from './perturbPatterns';

/** Options of {@link exclusivityReduction}. */
export interface ReductionOptions extends PerturbOptions {
  /** fraction in [0, 1] of the exclusive neurons of layer 0 to give a second owner; 0 changes nothing. @default 1 */
  readonly strength?: number;
  /** which ones, when not all. @default 0 */
  readonly seed?: number;
}

/**
 * Exclusivity reduction, the paper's mitigation, by the smallest input perturbation: every exclusive neuron of the first
 * layer is lit for a second sample or turned off for its owner, whichever pre-activation is nearer to zero.
 *
 * @throws InputError when strength is out of range or the batch does not fit the model
 * @example
 * const net = mlp({ widths: [20, 24, 3] });
 * const batch = data.uniform({ size: 4, dimension: 20, classes: 3 });
 * const { counts } = exclusivityState(net, (await defences.exclusivityReduction(net, batch)).batch);
 * counts;  // => [[0], [0], [0], [0]]
 */
export async function exclusivityReduction(
  model: Mlp,
  batch: Batch,
  { strength = 1, seed = 0, ...options }: ReductionOptions = {},
): Promise<Perturbed> {
  onlyMlp('exclusivityReduction', model);
  check(
    0 <= strength && strength <= 1,
    () => `exclusivityReduction: strength is ${strength}, expected a number in [0, 1]`,
  );
  const state = exclusivityState(model, batch);
  const owned = (state.exans[0] ?? []).flatMap((neurons, owner) => neurons.map((neuron) => ({ neuron, owner })));
  const chosen = sampleIndices(rng(seed), owned.length, Math.round(strength * owned.length));
  const z = affine(model.dense[0], batch.inputs);
  const changes = chosen.map((k) => nearestSwitch(model, z, owned[k]));
  return perturbPatterns(model, batch, changes, options);
}

/** Off for the owner or on for another sample: the switch with the smallest |z| / ||w||. */
function nearestSwitch(
  model: Mlp,
  z: DenseMatrix,
  { neuron, owner }: { neuron: number; owner: number },
): PatternChange {
  const size = norm(row(model.dense[0].weight, neuron)) || 1;
  let best: PatternChange = { sample: owner, neuron, fires: false };
  let nearest = Number.POSITIVE_INFINITY;
  for (let m = 0; m < z.rows; m++) {
    const far = Math.abs(z.data[m * z.columns + neuron]) / size;
    if (far < nearest) {
      nearest = far;
      best = { sample: m, neuron, fires: m !== owner };
    }
  }
  return best;
}
