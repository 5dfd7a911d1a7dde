import { check, isCount } from '../check';
import type { Dataset } from '../data/dataset';
import type { ConvInitialiser } from '../model/initialiseConv';
import type { Watch } from '../types';
import { type BoundaryPoint, type BoundaryTrial, boundary } from './boundaryTrial';
import { checkSide } from './planesAtSide';
import { runTrials } from './sweep/runTrials';

/** Options of {@link convolutionalBoundary}: the grid, and how it is run. */
export interface ConvolutionalBoundaryOptions extends Watch {
  /** filters of each block, bottom up: two 3 x 3 convolutions, then max pooling. @default [[32, 64, 128], [64, 128, 256]] */
  readonly channels?: readonly (readonly number[])[];
  /** of the pictures, divisors of the data set's own. @default [the data set's] */
  readonly sides?: readonly number[];
  /** @default ['he', 'torchvision', 'pytorch'] */
  readonly inits?: readonly ConvInitialiser[];
  /** batch sizes M. @default [1, 2, 4, 8, 16] */
  readonly sizes?: readonly number[];
  /** of network and batch, one trial each. @default [1, 2] */
  readonly seeds?: readonly number[];
  /** widths of the head's hidden layers. @default [256] */
  readonly head?: readonly number[];
  /** time for one attack. @default 10 */
  readonly seconds?: number;
  /** whether pictures are attacked too, which takes most of the time. @default false */
  readonly pictures?: boolean;
  /** threads: a trial each, those left over search; 0 runs trials in this one. @default 1 */
  readonly workers?: number;
  /** JSON lines, one per trial; a run that finds trials there goes on from them */
  readonly log?: string;
}

/**
 * The boundary of convolutional networks (method 11): for each network and batch size, how far down the stack the values follow by
 * counting, by the condition of the systems, and by the attack itself on gradients computed in float32.
 *
 * @throws InputError for an empty or unfit grid, and for a log that another run is writing; an abort is no error: the trials finished so
 * far are returned
 * @example
 * const trials = await convolutionalBoundary(digits, {
 *   channels: [[24]], sides: [7], inits: ['he'], sizes: [1, 8], seeds: [1], head: [64],
 * });
 * trials.map(({ size, headRead }) => [size, headRead]);  // => [[1, 1], [8, 8]]
 */
export async function convolutionalBoundary(
  dataset: Dataset,
  options: ConvolutionalBoundaryOptions = {},
): Promise<BoundaryTrial[]> {
  return runTrials(boundary, boundaryPoints(dataset, options), dataset, options);
}

const inits: readonly ConvInitialiser[] = ['he', 'torchvision', 'pytorch'];

/** The points of its grid. */
export function boundaryPoints(dataset: Dataset, options: ConvolutionalBoundaryOptions): BoundaryPoint[] {
  const {
    channels = [
      [32, 64, 128],
      [64, 128, 256],
    ],
    sizes = [1, 2, 4, 8, 16],
    seeds = [1, 2],
  } = options;
  const { head = [256], seconds = 10, pictures = false, sides = [dataset.image?.height ?? 0] } = options;
  const caller = 'convolutionalBoundary';
  for (const [name, values] of Object.entries({ channels, sides, sizes, seeds, inits: options.inits ?? inits }))
    check(values.length > 0, () => `${caller}: ${name} is empty, expected at least one`);
  for (const side of sides) checkSide(caller, dataset.image, side);
  for (const [name, values] of [
    ['sizes', sizes],
    ['head', head],
    ...channels.map((c) => ['channels', c] as const),
  ] as const)
    check(
      values.length > 0 && values.every((v) => isCount(v)),
      () => `${caller}: ${name} are [${values}], expected positive integers`,
    );
  check(seconds > 0, () => `${caller}: seconds is ${seconds}, expected a positive number`);
  return channels.flatMap((own) =>
    sides.flatMap((side) =>
      (options.inits ?? inits).flatMap((init) =>
        sizes.flatMap((size) =>
          seeds.map((seed) => ({ data: dataset.name, side, channels: own, head, init, size, seed, seconds, pictures })),
        ),
      ),
    ),
  );
}
