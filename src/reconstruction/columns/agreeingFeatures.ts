import { affine } from '../../model/layers/dense';
import type { Evidence } from '../evidence/evidence';
import type { LossSubspace } from './lossSubspace';
import type { LossColumn } from './polish';
import { type TopFeatures, topFeatures } from './topFeatures';

/** Pre-activation over the largest, within which its sign may be rounding. */
const unsure = 1e-6;

/**
 * Inputs that the columns alone give, whatever the loss was, and the weights of samples: those that fire exactly where the columns are not
 * zero. `withheld` where they would fire other neurons too, which have no gradient: the client has withheld those (masked rows, dropout), and
 * no replay can confirm these inputs, since what it would need is missing. The evidence is in the zeros of the columns.
 *
 * @returns null when a pattern does not fit, or there is a layer below, whose neurons would be needed on the way down
 */
export function agreeingFeatures(
  { model }: Evidence,
  space: LossSubspace,
  columns: readonly LossColumn[],
): { readonly found: TopFeatures; readonly withheld: boolean } | null {
  const ends = space.activation.kind === 'relu6'; // a neuron without a gradient may be at the upper one
  const found = model.dense.length === 2 && !ends ? topFeatures(space, columns) : null;
  if (!found) return null;
  const { data, columns: n } = affine(model.dense[0], found.features);
  const shared = new Uint8Array(n);
  for (const j of space.live) shared[j] = 1;
  const least = unsure * data.reduce((most, z) => Math.max(most, Math.abs(z)), 0);
  const fits = columns.every(({ on, unclear }, m) =>
    space.live.every((j, i) => {
      const z = data[m * n + j];
      return unclear[i] === 1 || Math.abs(z) < least || z > 0 === (on[i] === 1);
    }),
  );
  if (!fits) return null;
  // where the activation has a slope, no neuron is without a gradient by itself
  const withheld = data.some((z, k) => !shared[k % n] && (space.slopes !== undefined || z > least));
  return { found, withheld };
}
