import { checkGradient } from '../gradient/checkGradient';
import type { AveragedGradient, Network, Watch } from '../types';
import { approximate } from './adaptive/approximate';
import { eulerNoise, largestNoise } from './eulerNoise';
import { describe } from './exan/describe';
import { exanAttack } from './exan/exanAttack';
import { remainderOf } from './exan/remainder';
import { pursueRest } from './pursueRest';
import type { Method, Reconstruction } from './result';

/** Options of {@link reconstruct}. */
export interface ReconstructOptions extends Watch {
  /** what is tried, in this order. @default ['exan', 'pursuit'] */
  readonly methods?: readonly Method[];
  /** of the search's random starts. @default 0 */
  readonly seed?: number;
  /** time after which pattern pursuit gives up. @default 60 */
  readonly seconds?: number;
  /** scale of samples in networks without biases: solved from the gradient, or the paper's 2/3 rule. @default 'solve' */
  readonly scale?: 'solve' | 'paper';
  /** whether a noisy gradient is searched for approximate samples (seconds, where refusing takes milliseconds). @default true */
  readonly approximate?: boolean;
}

/**
 * Reads labels and inputs of the batch back from its averaged gradient: the attacker's view, which needs nothing else.
 * From a noisy, rounded or pruned gradient nothing is exact; samples then come as 'approximate', each with its error bar.
 *
 * @throws InputError when the gradient does not fit the model, is not finite, or is zero in every entry
 * @example
 * reconstruct(model, captureGradient(model, secret)).status;  // => 'exact' in the insecure boundary
 */
export function reconstruct(
  model: Network,
  gradient: AveragedGradient,
  options: ReconstructOptions = {},
): Reconstruction {
  const start = performance.now();
  checkGradient(model, gradient);
  const floor = gradient.precision === 'float32' ? 2 ** -25 : 2 ** -54;
  const noise = Math.max(...eulerNoise(model, gradient), floor);
  const seconds = (): number => (performance.now() - start) / 1e3;
  const { methods = ['exan', 'pursuit'], scale = 'solve', approximate: wanted = true, ...rest } = options;
  const adaptive = wanted && methods.includes('exan') && noise > 64 * floor; // less is rounding
  if (noise > largestNoise) {
    const refused = inconsistent(gradient, noise);
    return { ...(adaptive ? approximate(model, gradient, refused) : refused), seconds: seconds() };
  }
  const finding = methods.includes('exan')
    ? exanAttack(model, gradient, noise)
    : { samples: [], left: remainderOf(gradient, noise), systems: [] };
  const first = describe(model, gradient, finding, noise, scale);
  // estimates are settled but for their length, which no search can add
  const open =
    first.status !== 'exact' &&
    !(first.samples.length > 0 && first.samples.every((s) => s.input && s.status === 'estimate'));
  const result = open && methods.includes('pursuit') ? pursueRest(model, gradient, first, rest) : first;
  const unexplained = adaptive && result.status !== 'exact' && result.samples.every((s) => s.status !== 'exact');
  return { ...(unexplained ? approximate(model, gradient, result) : result), seconds: seconds() };
}

function inconsistent({ reduction }: AveragedGradient, noise: number): Omit<Reconstruction, 'seconds'> {
  return {
    status: 'inconsistent',
    method: 'exan',
    batchSize: null,
    samples: [],
    reason: `every batch's gradient satisfies one identity per neuron, this one misses them by ${noise.toExponential(1)} relative (limit ${largestNoise}): noise was added, or it belongs to another model`,
    noise,
    residual: 1,
    systems: [],
    reduction,
    backend: 'typed arrays, float64',
  };
}
