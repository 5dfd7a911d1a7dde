import { normal, type Rng } from '../../../math/rng';
import { SIX } from '../../../model/layers/relu6';
import type { PlaneShape } from '../../../types';
import type { Limit, Working } from '../../working';
import type { Hop } from './hop';
import { forgets, lastActivation } from './stages';

const rate = 0.05;
const lastRate = 5e-4;
const variation = 0.1;
const walls = 0.1;

/**
 * A blurred first image: Adam (Kingma & Ba 2015) on the relative squared error of the features and total variation, both rate and
 * variation falling, pulled softly into [0, 1].
 */
export function* blurredStart(hop: Hop, steps: number, uniform: Rng, limit: Limit): Working<Float64Array> {
  const { stack, input, features, size } = hop;
  const x = Float64Array.from({ length: stack.inputs }, () => 0.5 + 0.1 * normal(uniform));
  const [m, v, g] = [0, 1, 2].map(() => new Float64Array(x.length));
  const used = new Uint8Array(features.length);
  const r = new Float64Array(features.length);
  const last = lastActivation(hop.layers);
  const most = last?.kind === 'relu6' ? SIX : Number.POSITIVE_INFINITY;
  const passes = (z: number): boolean => !forgets(last) || (0 < z && z < most);
  for (let step = 0; step < steps; step++) {
    if (yield* limit.breathe()) break;
    const left = 1 - step / steps;
    const z = stack.forward(x);
    for (let k = 0; k < r.length; k++) {
      used[k] = passes(z[k]) ? 1 : 0;
      r[k] = (2 * (z[k] - features[k])) / size;
    }
    stack.freeze(used);
    stack.transposedTimes(r, g);
    addVariation(x, g, input, variation * left * left);
    const [fade, fadeSquare] = [1 - 0.9 ** (step + 1), 1 - 0.999 ** (step + 1)];
    for (let k = 0; k < x.length; k++) {
      const slope = g[k] + 2 * walls * (x[k] - Math.min(1, Math.max(0, x[k])));
      m[k] += 0.1 * (slope - m[k]);
      v[k] += 0.001 * (slope * slope - v[k]);
      x[k] -= ((rate * left + lastRate) * (m[k] / fade)) / (Math.sqrt(v[k] / fadeSquare) + 1e-8);
    }
  }
  return x;
}

/** Adds `weight` times the slope of the mean absolute difference of neighbours, down and to the right. */
export function addVariation(
  x: Float64Array,
  g: Float64Array,
  { channels, height, width }: PlaneShape,
  weight: number,
): void {
  const down = weight / Math.max(1, channels * (height - 1) * width);
  const right = weight / Math.max(1, channels * height * (width - 1));
  const pull = (k: number, other: number, force: number): void => {
    const slope = force * Math.sign(x[other] - x[k]);
    g[other] += slope;
    g[k] -= slope;
  };
  for (let k = 0; k < x.length; k++) {
    if (Math.floor(k / width) % height < height - 1) pull(k, k + width, down);
    if (k % width < width - 1) pull(k, k + 1, right);
  }
}
