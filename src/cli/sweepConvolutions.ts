import { join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { makeFolder, writeAtomically } from '../data/files';
import { type ConvolutionalRow, convolutionalBatches } from '../experiments/convolutionalBatches';
import { align } from '../report/align';
import { recoveredPictures } from '../viz/recoveredPictures';
import { seedsFrom } from './cases';
import { count, list, positive, print, workers } from './options';
import { commandWithPictures, picturesFrom } from './pictures';
import { saveFigure } from './saveFigure';
import { printProgress } from './watchTerminal';

/** `exan sweep convolutions`: whole batches of pictures from a convolutional network's gradients, as JSON, table and figures. */
export const sweepConvolutions: CommandUnknownOpts = commandWithPictures(
  'convolutions',
  'whole batches of pictures from float32 gradients of a network with convolutions',
)
  .addOption(list('--sizes <n,…>', 'samples in the batch, a row each', [1, 2, 4, 8]))
  .option('--seed <n>', 'of the first network and batch', count, 1)
  .option('--seeds <n>', 'networks and batches for every size', count, 1)
  .option('--seconds <n>', 'time for one batch', positive, 300)
  .addOption(workers())
  .option('--out <folder>', 'gets convolutions.json and a picture per batch', join('out', 'convolutions'))
  .action(async (values) => {
    const { sizes, seconds, out } = values;
    makeFolder('exan sweep convolutions', out);
    const { dataset, network } = await picturesFrom(values);
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort()); // the first one keeps the rows so far, the second ends the program
    const found = await convolutionalBatches(network, dataset, {
      ...{ sizes, seconds, workers: values.workers, seeds: seedsFrom(values), signal: stop.signal },
      onProgress: printProgress(),
    });
    const pictures = found.map((row) => saveFigure(out, `M${row.size}-seed${row.seed}`, recoveredPictures(row)));
    const rows = found.map(({ pictures: _, ...row }) => row);
    writeAtomically(join(out, 'convolutions.json'), JSON.stringify(rows, null, 1));
    if (values.json) return print(`${JSON.stringify({ rows })}\n`);
    print(`${align(table(found)).join('\n')}\n\n${pictures.join('\n')}\n`);
  });

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
