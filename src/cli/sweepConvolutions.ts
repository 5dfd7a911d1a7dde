import type { ConvolutionalRow } from '../experiments/convolutionalBatches';
import { convolutions, picturesPoints, picturesRow } from '../experiments/picturesTrial';
import { samplesOf } from '../experiments/sweep/experiment';
import { align } from '../report/align';
import { recoveredPictures } from '../viz/recoveredPictures';
import { seedsFrom } from './cases';
import { count, list, positive } from './options';
import { commandWithPictures, picturesFrom } from './pictures';
import { type SweepCommand, sweepCommand } from './sweep/command';

/** `exan sweep convolutions`: whole batches of pictures from a convolutional network's gradients, as JSON, table and figures. */
export const sweepConvolutions: SweepCommand = sweepCommand(
  commandWithPictures(
    'convolutions',
    'whole batches of pictures from float32 gradients of a network with convolutions; goes on where a stopped run ended',
  )
    .addOption(list('--sizes <n,…>', 'samples in the batch, a row each', [1, 2, 4, 8]))
    .option('--seed <n>', 'of the first network and batch', count, 1)
    .option('--seeds <n>', 'networks and batches for every size', count, 1)
    .option('--seconds <n>', 'time for one batch', positive, 300),
  {
    experiment: convolutions,
    dataset: async (values) => (await picturesFrom(values)).dataset,
    points(values, set) {
      const { name: data, image } = samplesOf(convolutions, set);
      const { network, init = 'pytorch', sizes, seconds } = values;
      const common = { data, network, init, side: image?.width ?? 0, precision: 'float32' as const, seconds };
      return picturesPoints(common, { sizes, seeds: seedsFrom(values) });
    },
    present(trials) {
      const found = trials.map(picturesRow);
      const rows = found.map(({ pictures: _, ...row }) => row);
      const figures = Object.fromEntries(found.map((row) => [`M${row.size}-seed${row.seed}`, recoveredPictures(row)]));
      return { rows, json: { rows }, lines: align(table(found)), figures };
    },
  },
);

function table(rows: readonly ConvolutionalRow[]): string[][] {
  return [
    [
      'M',
      'seed',
      'status',
      'exact',
      'false',
      'labels',
      'worst PSNR',
      'worst SSIM',
      'convolutions',
      'last hop',
      'seconds',
      'ended because',
    ],
    ...rows.map((r) => [
      String(r.size),
      String(r.seed),
      r.status,
      String(r.exact),
      String(r.false),
      `${r.labels} of ${r.size}`,
      worst(r.psnr, 0),
      worst(r.ssim, 3),
      `${r.read} of ${r.convolutions}`,
      r.lastHop ? `${r.lastHop.solved} of ${r.lastHop.samples}` : '-',
      r.seconds.toFixed(1),
      r.stopped ?? '-',
    ]),
  ];
}

/** The smallest of the samples' values, or a dash where one was not found. */
export function worst(values: readonly (number | null)[], digits: number): string {
  const known = values.filter((v) => v !== null);
  return known.length < values.length ? '-' : Math.min(...known).toFixed(digits);
}
