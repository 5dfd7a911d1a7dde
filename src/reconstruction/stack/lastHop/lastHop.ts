import { check } from '../../../check';
import { rng } from '../../../math/rng';
import { outputShape, sizeOf } from '../../../model/layers/planes';
import type { Layer, PlaneShape } from '../../../types';
import { type Limit, noLimit, type Working } from '../../working';
import { blurredStart } from './blurredStart';
import { errorBar } from './errorBar';
import { hopOf } from './hop';
import { polish } from './polish';
import { stochasticGaussNewton, type Walk } from './stochasticGaussNewton';

/** Options of {@link lastHop}. */
export interface LastHopOptions {
  /** norm of the features' error, relative to theirs. @default 2 ** -52 */
  readonly noise?: number;
  /** @default 0 */
  readonly seed?: number;
  /** which of its starts is made. @default 0 */
  readonly start?: number;
  /** @default never over */
  readonly limit?: Limit;
}

/** What one sample's features tell of its input. */
export interface LastHop {
  /** C x H x W */
  readonly x: Float64Array;
  /** norm of what is wrong at the features, relative to theirs */
  readonly residual: number;
  /** expected root mean square error of x; infinite when it is not solved */
  readonly error: number;
  /** true when the residual is as small as the noise: x explains the features */
  readonly solved: boolean;
  /** rounds of Gauss-Newton */
  readonly rounds: number;
  readonly unknowns: number;
  /** how many features are known to be positive: below the number of unknowns x is not determined by equations alone */
  readonly equations: number;
}

/** The first start, and a patient one for images on which it fails: every other one. */
const walks: readonly (Walk & { readonly blurred: number })[] = [
  { blurred: 300, rounds: 500, patience: 50, damping: 3e-3, momentum: 0.5, inner: 12, fraction: 0.7 },
  { blurred: 300, rounds: 500, patience: 80, damping: 3e-2, momentum: 0.3, inner: 12, fraction: 0.7 },
];
/** Between the seeds of a sample's starts, so that they do not meet those of other samples. */
const spacing = 7919;
/** Squared relative error of a walk from which Newton steps find the rest. */
const near = 1e-10;
/** Rounding of float64 through all layers, relative, under which no residual falls. */
const rounding = 1e-12;

/**
 * The input of the lower layers from the features that leave them, for one sample (method 11): a blurred start, stochastic
 * Gauss-Newton, polish. Where the features are then not explained another start may do, see lastHops.
 *
 * @param layers convolutions, ReLUs and pooling from the input up to a ReLU or the pooling behind it
 * @throws InputError when the layers are of another kind, or the features not as many as leave them
 */
export function* lastHop(
  layers: readonly Layer[],
  features: Float64Array,
  { noise = 2 ** -52, seed = 0, start = 0, limit = noLimit }: LastHopOptions = {},
): Working<LastHop> {
  const expected = sizeOf(leaving(layers));
  check(
    features.length === expected,
    () => `lastHop: there are ${features.length} features, expected ${expected} (what leaves the layers)`,
  );
  const hop = hopOf(layers, features, noise);
  const uniform = rng(seed + spacing * start);
  const goal = (3 * noise + rounding) ** 2;
  const { blurred, ...walk } = walks[start % walks.length];
  const first = yield* blurredStart(hop, blurred, uniform, limit);
  const walked = yield* stochasticGaussNewton(hop, first, { ...walk, enough: Math.max(near, goal) }, uniform, limit);
  const { x, error } = yield* polish(hop, walked.x, limit);
  const solved = error <= goal;
  const residual = Math.sqrt(error);
  return {
    ...{ x, residual, solved, rounds: walked.rounds },
    error: solved ? yield* errorBar(hop, x, Math.max(noise, residual), uniform, limit) : Number.POSITIVE_INFINITY,
    unknowns: hop.stack.inputs,
    equations: hop.active.reduce((count, a) => count + a, 0),
  };
}

function leaving(layers: readonly Layer[]): PlaneShape {
  const planes = layers.filter((layer) => 'input' in layer);
  check(planes.length > 0, () => 'lastHop: there is no convolution or pooling among the layers');
  return outputShape(planes[planes.length - 1]);
}
