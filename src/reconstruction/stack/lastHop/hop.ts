import { SIX } from '../../../model/layers/relu6';
import type { Layer, PlaneShape } from '../../../types';
import { type FrozenStack, frozenStack } from './frozenStack';
import { forgets, lastActivation, stagesOf } from './stages';

/** The lower layers and the features that left them, for one sample. */
export interface Hop {
  readonly layers: readonly Layer[];
  readonly input: PlaneShape;
  readonly stack: FrozenStack;
  readonly features: Float64Array;
  /** 1 where the feature is known to lie between the ends of its activation: there it is an equation, elsewhere a bound */
  readonly active: Uint8Array;
  /** 1 where it lies at the upper end of a ReLU6, so that it is a lower bound; elsewhere bounds are upper ones */
  readonly full: Uint8Array;
  /** squared norm of the features */
  readonly size: number;
}

/** Features below this part of the largest one, or ten times their noise, may come from either side of a ReLU. */
const silent = 1e-6;

/** What the steps of the last hop work on. */
export function hopOf(layers: readonly Layer[], features: Float64Array, noise: number): Hop {
  const least = Math.max(silent, 10 * noise) * features.reduce((most, v) => Math.max(most, v), 0);
  const last = lastActivation(layers);
  const full = features.map((v) => (last?.kind === 'relu6' && v >= SIX - least ? 1 : 0));
  return {
    ...{ layers, features, input: stagesOf(layers)[0].input, stack: frozenStack(layers) },
    active: Uint8Array.from(features, (v, k) => (!forgets(last) || (v > least && !full[k]) ? 1 : 0)),
    full: Uint8Array.from(full),
    size: features.reduce((sum, v) => sum + v * v, 0),
  };
}

/**
 * What is wrong at each feature, given what leaves the layers without their last activation: silent features may be anything below zero,
 * full ones anything above six.
 *
 * @returns its squared norm relative to that of the features
 */
export function residualInto(target: Float64Array, z: ArrayLike<number>, hop: Hop): number {
  const { features, size } = hop;
  let sum = 0;
  for (let k = 0; k < target.length; k++) {
    const r = asks(hop, k, z[k]) ? z[k] - features[k] : 0;
    target[k] = r;
    sum += r * r;
  }
  return sum / size;
}

/** Whether feature k is wrong at a value other than its own: an equation, or a bound that the value does not keep. */
function asks({ active, full }: Hop, k: number, z: number): boolean {
  return active[k] === 1 || (full[k] ? z < SIX : z > 0);
}
