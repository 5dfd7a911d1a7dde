import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { type Dataset, uniform } from '../data';
import { dataset } from '../data/dataset';
import { boundary } from '../experiments/boundaryTrial';
import { boundaryPoints } from '../experiments/convolutionalBoundary';
import { type BoundaryRow, largestBatches } from '../experiments/largestBatches';
import { samplesOf } from '../experiments/sweep/experiment';
import type { ConvInitialiser } from '../model/initialiseConv';
import { align } from '../report/align';
import { convolutionalBoundary as figureOf } from '../viz/convolutionalBoundary';
import { seedsFrom } from './cases';
import { dataOption, setOf } from './dataSource';
import { commandWithJson, count, list, positive, someOf } from './options';
import { type SweepCommand, sweepCommand } from './sweep/command';

const initialisers: readonly ConvInitialiser[] = ['he', 'torchvision', 'pytorch'];

/** `exan sweep boundary`: how far down convolutional networks give their batch away. */
export const sweepBoundary: SweepCommand = sweepCommand(
  commandWithJson(
    'boundary',
    'how far down convolutional networks give their batch away: by counting, by conditioning, by the attack; goes on where a stopped run ended',
  )
    .addOption(dataOption(['uniform'], 'pictures: a name, or a file or folder of your own; uniform: random pixels'))
    .addOption(
      new Option('--channels <n-n-…,…>', 'networks: filters of each block, two 3 x 3 convolutions and max pooling')
        .argParser(networks)
        .default<readonly (readonly number[])[]>(
          [
            [32, 64, 128],
            [64, 128, 256],
          ],
          '32-64-128,64-128-256',
        ),
    )
    .addOption(
      list('--sides <n,…>', 'of the pictures, divisors of their own', []).default<readonly number[]>(
        [],
        "the pictures' own",
      ),
    )
    .addOption(
      new Option('--inits <name,…>', `some of ${initialisers.join(', ')}`)
        .argParser(someOf(initialisers, 'initialiser'))
        .default<readonly ConvInitialiser[]>(initialisers, initialisers.join(',')),
    )
    .addOption(list('--sizes <n,…>', 'batch sizes', [1, 2, 4, 8, 16]))
    .addOption(list('--head <n,…>', "widths of the head's hidden layers", [256]))
    .option('--seeds <n>', 'networks and batches, from the seed on', count, 2)
    .option('--seed <n>', 'the first one', count, 1)
    .option('--seconds <n>', 'time for one attack', positive, 10)
    .option('--pictures', 'attack pictures too, which takes most of the time'),
  {
    experiment: boundary,
    dataset: ({ data, sides }) => sourceOf(data, sides),
    points: ({ sides, pictures = false, ...values }, set) =>
      boundaryPoints(samplesOf(boundary, set), {
        ...{ ...values, pictures, seeds: seedsFrom(values) },
        ...(sides.length > 0 && { sides }),
      }),
    present(trials) {
      const rows = largestBatches(trials);
      return {
        ...{ rows, json: { rows, trials }, lines: align(table(rows)) },
        figures: { boundary: figureOf(rows) },
      };
    },
  },
);

/** Random pixels have any side: the largest one asked for. */
async function sourceOf(name: string, sides: readonly number[]): Promise<Dataset> {
  if (name !== 'uniform') return setOf(name);
  const side = Math.max(16, ...sides);
  const image = { height: side, width: side, channels: 3 };
  return dataset({ ...uniform({ size: 256, dimension: 3 * side ** 2, seed: 1 }), image });
}

function table(rows: readonly BoundaryRow[]): string[][] {
  const titles = ['network', 'side', 'init', 'gate', 'counting', 'conditioning', 'experiment', 'tried'];
  return [
    titles,
    ...rows.map((r) => [
      ...[r.channels.join('-'), String(r.side), r.init, r.gate, String(r.counting), String(r.conditioning)],
      ...[String(r.experiment ?? '-'), String(r.tried)],
    ]),
  ];
}

function networks(text: string): readonly (readonly number[])[] {
  if (!/^\d+(-\d+)*(,\d+(-\d+)*)*$/.test(text)) throw new InvalidArgumentError('Expected filters such as 32-64-128.');
  return text.split(',').map((network) => network.split('-').map(count));
}
