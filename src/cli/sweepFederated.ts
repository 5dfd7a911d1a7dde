import { join } from 'node:path';
import { type CommandUnknownOpts, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { makeFolder, writeAtomically } from '../data/files';
import { type FederatedRow, federatedSettings } from '../experiments/federatedSettings';
import { align } from '../report/align';
import type { Precision } from '../types';
import { federatedSettings as figureOf } from '../viz/federatedSettings';
import { seedsFrom, sourceOf } from './cases';
import { dataOption } from './dataSource';
import { commandWithJson, count, list, positive, print, workers } from './options';
import { saveFigure } from './saveFigure';
import { precisionOption } from './training';
import { endOnSignals, printProgress } from './watchTerminal';

/**
 * `exan sweep federated`: what clients of several local steps give away, by exposure and by attack; trials are kept in federated.jsonl, so
 * that a run that was stopped goes on.
 */
export const sweepFederated: CommandUnknownOpts = commandWithJson(
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
  .option('--seconds <n>', 'time for one attack', positive, 10)
  .addOption(workers())
  .option('--out <folder>', 'gets federated.jsonl, federated.json and the picture', join('out', 'federated'))
  .action(async ({ out, json, data, batches, ...values }) => {
    makeFolder('exan sweep federated', out);
    endOnSignals();
    const dataset = await sourceOf(data, undefined, values.seed);
    const rows = await federatedSettings(dataset, {
      ...{ ...values, batchSizes: batches, seeds: seedsFrom(values), log: join(out, 'federated.jsonl') },
      onProgress: printProgress(),
    });
    writeAtomically(join(out, 'federated.json'), JSON.stringify(rows, null, 1));
    const picture = saveFigure(out, 'federated', figureOf(rows));
    if (json) return print(`${JSON.stringify({ rows })}\n`);
    print(`${align(table(rows)).join('\n')}\n\n${picture}\n`);
  });

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
