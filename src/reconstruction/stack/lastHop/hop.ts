import type { Layer, PlaneShape } from '../../../types';
import { type FrozenStack, frozenStack } from './frozenStack';
import { stagesOf } from './stages';

/** The lower layers and the features that left them, for one sample. */
export interface Hop {
  readonly layers: readonly Layer[];
  readonly input: PlaneShape;
  readonly stack: FrozenStack;
  readonly features: Float64Array;
  /** 1 where the feature is known to be positive: there it is an equation, elsewhere a bound */
  readonly active: Uint8Array;
  /** squared norm of the features */
  readonly size: number;
}

/** Features below this part of the largest one, or ten times their noise, may come from either side of a ReLU. */
const silent = 1e-6;

/** What the steps of the last hop work on. */
export function hopOf(layers: readonly Layer[], features: Float64Array, noise: number): Hop {
  const least = Math.max(silent, 10 * noise) * features.reduce((most, v) => Math.max(most, v), 0);
  return {
    ...{ layers, features, input: stagesOf(layers)[0].input, stack: frozenStack(layers) },
    active: Uint8Array.from(features, (v) => (v > least ? 1 : 0)),
    size: features.reduce((sum, v) => sum + v * v, 0),
  };
}

/**
 * What is wrong at each feature, given what leaves the layers without their last ReLU: silent features may be anything below zero.
 *
 * @returns its squared norm relative to that of the features
 */
export function residualInto(target: Float64Array, z: ArrayLike<number>, { features, active, size }: Hop): number {
  let sum = 0;
  for (let k = 0; k < target.length; k++) {
    const r = active[k] || z[k] > 0 ? z[k] - features[k] : 0;
    target[k] = r;
    sum += r * r;
  }
  return sum / size;
}
