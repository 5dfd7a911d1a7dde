import { join } from 'node:path';
import { channelsFirst } from '../data';
import { writeAtomically } from '../data/files';
import { type Defence, defence } from '../defences';
import { type ConvolutionalDefenceRow, convolutionalDefences } from '../experiments/convolutionalDefences';
import { weightedLayers } from '../model/layers';
import { align } from '../report/align';
import type { Batch, ConvNet } from '../types';
import { print } from './options';
import { type PictureValues, picturesFrom } from './pictures';
import { worst } from './sweepConvolutions';
import { printProgress } from './watchTerminal';

/** What `exan defend --network` was asked for (a type, since commander asks for one). */
export type DefendedPictures = PictureValues & {
  readonly size: number;
  readonly seeds: readonly number[];
  readonly seconds: number;
  readonly out: string;
  readonly json?: true | undefined;
};

/** What clients with convolutions can do, at the strengths that the literature uses, and each layer withheld. */
function defencesOf(net: ConvNet, pool: Batch): Defence[] {
  const layers = weightedLayers(net).length;
  const convolutions = layers - net.head.dense.length;
  const all = (count: number): number[] => [...Array(count).keys()];
  return [
    defence.largerBatch(6, pool),
    defence.maskFirstLayer(0.5),
    ...all(layers).map((layer) => defence.withholdLayers([layer])),
    defence.withholdLayers(all(convolutions)),
    defence.dropout(0.5),
    ...[0.5, 0.9, 0.99].map(defence.prune),
    ...(['fp16', 'int8', 'sign'] as const).map(defence.quantise),
    ...[1e-6, 1e-4, 0.01, 0.1, 1].map((noise) => defence.dpSgd(noise, 1)),
  ];
}

/** The table of what each defence leaves to the attack on a convolutional network, and its rows as JSON. */
export async function defendConvolutions({
  size,
  seeds,
  seconds,
  out,
  json,
  ...which
}: DefendedPictures): Promise<void> {
  const { dataset, network } = await picturesFrom(which);
  const pool = channelsFirst(dataset.draw({ size: Math.min(64, dataset.labels.length), seed: 0 }));
  const found = await convolutionalDefences(network, dataset, defencesOf(network(0), pool), {
    ...{ size, seeds, seconds },
    onProgress: printProgress(),
  });
  const rows = found.map(({ pictures: _, ...row }) => row);
  writeAtomically(join(out, 'defences.json'), JSON.stringify(rows, null, 1));
  if (json) return print(`${JSON.stringify({ rows })}\n`);
  print(`${align(table(found)).join('\n')}\n\n${join(out, 'defences.json')}\n`);
}

function table(rows: readonly ConvolutionalDefenceRow[]): string[][] {
  return [
    [
      'defence',
      'strength',
      'seed',
      'status',
      'exact',
      'false',
      'in 3 bars',
      'beyond',
      'labels',
      'worst PSNR',
      'convolutions',
      'last hop',
      'seconds',
    ],
    ...rows.map((r) => [
      r.defence,
      String(r.strength),
      String(r.seed),
      r.status,
      ...[r.exact, r.false, r.within, r.beyond].map(String),
      `${r.labels} of ${r.size}`,
      worst(r.psnr, 0),
      `${r.read} of ${r.convolutions}`,
      r.lastHop ? `${r.lastHop.solved} of ${r.lastHop.samples}` : '-',
      r.seconds.toFixed(1),
    ]),
  ];
}
