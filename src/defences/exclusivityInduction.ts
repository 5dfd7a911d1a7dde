import { check, isCount } from '../check';
import { exclusivityState } from '../exclusivity/exclusivityState';
import { norm, row } from '../math/matrix';
import { affine } from '../model/layers/dense';
import type { Batch, Mlp } from '../types';
import { onlyMlp } from './onlyMlp';
import { type PatternChange, type Perturbed, type PerturbOptions, perturbPatterns } from './perturbPatterns';

/** Options of {@link exclusivityInduction}. */
export interface InductionOptions extends PerturbOptions {
  /** exclusive neurons of layer 0 that every sample is to have; 0 changes nothing. @default 2 */
  readonly exans?: number;
}

/**
 * The converse of exclusivity reduction, for auditors: the smallest input perturbation after which every sample has
 * `exans` exclusive neurons in the first layer, as far as neurons are left. How small it is says how near to the
 * insecure boundary a batch lies.
 *
 * @throws InputError when exans is not a count or the batch does not fit the model
 * @example
 * const net = mlp({ widths: [20, 64, 3] });
 * const batch = data.uniform({ size: 4, dimension: 20, classes: 3 });
 * const { counts } = exclusivityState(net, (await defences.exclusivityInduction(net, batch)).batch);
 * counts.every(([exans]) => exans >= 2);  // => true
 */
export async function exclusivityInduction(
  model: Mlp,
  batch: Batch,
  { exans = 2, ...options }: InductionOptions = {},
): Promise<Perturbed> {
  onlyMlp('exclusivityInduction', model);
  check(isCount(exans, 0), () => `exclusivityInduction: exans is ${exans}, expected a count`);
  const { exans: owned } = exclusivityState(model, batch);
  const { weight } = model.dense[0];
  const z = affine(model.dense[0], batch.inputs);
  const M = batch.inputs.rows;
  const at = (m: number, j: number): number => z.data[m * z.columns + j];
  const offers: { sample: number; neuron: number; cost: number; changes: PatternChange[] }[] = [];
  const taken = new Set((owned[0] ?? []).flat());
  for (let neuron = 0; neuron < z.columns; neuron++) {
    if (taken.has(neuron)) continue;
    const size = norm(row(weight, neuron)) || 1;
    const firing = [...Array(M).keys()].filter((m) => at(m, neuron) > 0);
    // only a few switches a neuron: all others off, and this sample on
    if (firing.length > 3) continue;
    for (const sample of firing.length > 0 ? firing : Array(M).keys()) {
      const changes = firing.filter((m) => m !== sample).map((m) => ({ sample: m, neuron, fires: false }));
      if (!firing.includes(sample)) changes.push({ sample, neuron, fires: true });
      const cost = changes.reduce((sum, c) => sum + Math.abs(at(c.sample, neuron)) / size, 0);
      offers.push({ sample, neuron, cost, changes });
    }
  }
  const counts = Array.from({ length: M }, (_, m) => owned[0]?.[m]?.length ?? 0);
  const changes: PatternChange[] = [];
  for (const offer of offers.sort((a, b) => a.cost - b.cost)) {
    const have = counts[offer.sample];
    if (have >= exans || taken.has(offer.neuron)) continue;
    taken.add(offer.neuron);
    counts[offer.sample] = have + 1;
    changes.push(...offer.changes);
  }
  return perturbPatterns(model, batch, changes, options);
}
