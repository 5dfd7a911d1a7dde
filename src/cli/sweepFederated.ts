import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { federatedPoints } from '../experiments/federatedSettings';
import { type FederatedRow, federated } from '../experiments/federatedTrial';
import { samplesOf } from '../experiments/sweep/experiment';
import { align } from '../report/align';
import type { Precision } from '../types';
import { federatedSettings as figureOf } from '../viz/federatedSettings';
import { seedsFrom, sourceOf } from './cases';
import { dataOption } from './dataSource';
import { commandWithJson, count, list, positive } from './options';
import { type SweepCommand, sweepCommand } from './sweep/command';
import { precisionOption } from './training';

/** `exan sweep federated`: what clients of several local steps give away, by exposure and by attack. */
export const sweepFederated: SweepCommand = sweepCommand(
  commandWithJson(
    'federated',
    'what clients of several local steps give away: by exposure beforehand, by the attack; goes on where a stopped run ended',
  )
    .addOption(dataOption(['gaussian', 'uniform']))
    .addOption(list('--sizes <n,…>', 'local samples', [8, 16, 32]))
    .addOption(list('--epochs <n,…>', 'passes over them; without mini-batches each is one local step', [1, 5, 20]))
    .addOption(list('--rates <x,…>', 'learning rates', [0.001, 0.01, 0.1]))
    .addOption(
      new Option('--batches <n,…>', 'samples of a mini-batch, or all')
        .argParser(batches)
        .default<readonly (number | null)[]>([null], 'all'),
    )
    .option('--width <n>', 'neurons of the hidden layer', count, 512)
    .addOption(precisionOption().default<Precision>('float32'))
    .option('--seeds <n>', 'networks and batches, from the seed on', count, 3)
    .option('--seed <n>', 'the first one', count, 1)
    .option('--seconds <n>', 'time for one attack', positive, 10),
  {
    experiment: federated,
    dataset: ({ data, seed }) => sourceOf(data, undefined, seed),
    points: (values, dataset) =>
      federatedPoints(samplesOf(federated, dataset), {
        ...values,
        ...{ batchSizes: values.batches, seeds: seedsFrom(values) },
      }),
    present: (rows) => ({
      ...{ rows, json: { rows }, lines: align(table(rows)) },
      figures: { federated: figureOf(rows) },
    }),
  },
);

function table(rows: readonly FederatedRow[]): string[][] {
  const titles = ['M', 'epochs', 'rate', 'batches', 'seed', 'status', 'exposed', 'exact', 'false', 'recovered'];
  return [
    [...titles, 'labels', 'visible', 'PSNR foretold', 'worst PSNR', 'zeros', 'flips', 'seconds'],
    ...rows.map((r) => [
      ...[r.size, r.epochs, r.rate, r.batchSize ?? 'all', r.seed, r.status].map(String),
      ...[r.exposed, r.exact, r.false, r.recovered, r.labels, r.visible].map(String),
      ...[r.foretold, r.psnr].map((dB) => (dB === null ? '-' : dB.toFixed(0))),
      String(r.zeros),
      ...[`${(100 * r.flips).toFixed(0)} %`, r.took.toFixed(1)],
    ]),
  ];
}

function batches(text: string): readonly (number | null)[] {
  return text.split(',').map((size) => {
    if (size === 'all') return null;
    if (!/^[1-9]\d*$/.test(size)) throw new InvalidArgumentError('Expected numbers of samples, or all.');
    return Number(size);
  });
}
