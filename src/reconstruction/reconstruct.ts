import { availableParallelism } from 'node:os';
import { check, isCount } from '../check';
import { checkGradient } from '../gradient/checkGradient';
import type { AveragedGradient, Mlp } from '../types';
import { approximate } from './adaptive/approximate';
import { evidenceOf } from './adaptive/leftOver';
import { eulerNoise, largestNoise } from './eulerNoise';
import { describe } from './exan/describe';
import { exanAttack } from './exan/exanAttack';
import { remainderOf } from './exan/remainder';
import { pursueNoisy } from './noisyPursuit/pursueNoisy';
import { type PursueRestOptions, pursueRest } from './pursueRest';
import type { Searching } from './pursuit/findColumns';
import { runHere } from './pursuit/runHere';
import { runParallel } from './pursuit/runParallel';
import type { Method, Reconstruction } from './result';

/** Options of {@link reconstruct}. */
export interface ReconstructOptions extends PursueRestOptions {
  /** what is tried, in this order. @default ['exan', 'pursuit'] */
  readonly methods?: readonly Method[];
  /** scale of samples in networks without biases: solved from the gradient, or the paper's 2/3 rule. @default 'solve' */
  readonly scale?: 'solve' | 'paper';
  /** whether a noisy gradient is searched for approximate samples (seconds, where refusing takes milliseconds). @default true */
  readonly approximate?: boolean;
}

/** Options of {@link reconstructAsync}. */
export interface ReconstructAsyncOptions extends ReconstructOptions {
  /** threads that search. @default one per core */
  readonly workers?: number;
}

/**
 * Reads labels and inputs of the batch back from its averaged gradient: the attacker's view, which needs nothing else.
 * From a noisy, rounded or pruned gradient nothing is exact; samples then come as 'approximate', each with its error bar.
 *
 * @throws InputError when the gradient does not fit the model, is not finite, or is zero in every entry
 * @example
 * reconstruct(model, captureGradient(model, secret)).status;  // => 'exact'
 */
export function reconstruct(model: Mlp, gradient: AveragedGradient, options: ReconstructOptions = {}): Reconstruction {
  return runHere(reconstructing(model, gradient, options));
}

/**
 * {@link reconstruct} with the search on all cores, while this thread stays free to show progress and to be stopped.
 * The answer is the same for any number of workers, and the same as that of `reconstruct`, unless time runs out.
 *
 * @throws InputError as `reconstruct`, and for a number of workers that is no positive integer; an abort is no error:
 * the answer then has what was found so far
 * @example
 * const stop = new AbortController();
 * (await reconstructAsync(model, gradient, { workers: 2, signal: stop.signal })).status;  // => 'exact'
 */
export async function reconstructAsync(
  model: Mlp,
  gradient: AveragedGradient,
  options: ReconstructAsyncOptions = {},
): Promise<Reconstruction> {
  const { workers = availableParallelism() } = options;
  check(isCount(workers), () => `reconstructAsync: workers is ${workers}, expected a positive integer`);
  return runParallel(reconstructing(model, gradient, options), workers, options.signal);
}

function* reconstructing(
  model: Mlp,
  gradient: AveragedGradient,
  options: ReconstructOptions,
): Searching<Reconstruction> {
  const start = performance.now();
  checkGradient(model, gradient);
  const floor = gradient.precision === 'float32' ? 2 ** -25 : 2 ** -54;
  const noise = Math.max(...eulerNoise(model, gradient), floor);
  const seconds = (): number => (performance.now() - start) / 1e3;
  const { methods = ['exan', 'pursuit'], scale = 'solve', approximate: wanted = true, ...rest } = options;
  const left = () => ({ ...rest, seconds: (rest.seconds ?? 60) - seconds() });
  const noisy = wanted && noise > 64 * floor; // less is rounding
  if (noise > largestNoise) {
    const refused = inconsistent(gradient, noise);
    const known = noisy ? yield* approximating(model, gradient, refused, methods, left()) : refused;
    return { ...known, seconds: seconds() };
  }
  const finding = methods.includes('exan')
    ? exanAttack(model, gradient, noise)
    : { samples: [], left: remainderOf(gradient, noise), systems: [] };
  const first = describe(model, gradient, finding, noise, scale);
  // estimates are settled but for their length, which no search can add
  const open =
    first.status !== 'exact' &&
    !(first.samples.length > 0 && first.samples.every((s) => s.input && s.status === 'estimate'));
  const result = open && methods.includes('pursuit') ? yield* pursueRest(model, gradient, first, rest) : first;
  const unexplained = noisy && result.status !== 'exact';
  const known = unexplained ? yield* approximating(model, gradient, result, methods, left()) : result;
  return { ...known, seconds: seconds() };
}

/** Samples within error bars: by exclusive neurons, and where those do not give the whole batch, by pattern pursuit. */
function* approximating(
  model: Mlp,
  gradient: AveragedGradient,
  first: Omit<Reconstruction, 'seconds'>,
  methods: readonly Method[],
  options: PursueRestOptions,
): Searching<Omit<Reconstruction, 'seconds'>> {
  const evidence = evidenceOf(model, gradient);
  if (!evidence) return first;
  const some = first.samples.some((s) => s.status === 'exact');
  const found = methods.includes('exan') && !some ? approximate(evidence, first) : first;
  const whole = found.batchSize !== null && found.samples.every((s) => s.input);
  return whole || !methods.includes('pursuit') ? found : yield* pursueNoisy(evidence, found, options);
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
