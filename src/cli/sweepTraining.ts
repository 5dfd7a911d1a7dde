import { join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { makeFolder, writeAtomically } from '../data/files';
import { type OverTrainingRow, overTraining } from '../experiments/overTraining';
import { align } from '../report/align';
import { overTraining as figureOf } from '../viz/overTraining';
import { commandWithCase, seedsFrom, setupFrom } from './cases';
import { count, list, positive, print } from './options';
import { saveFigure } from './saveFigure';
import { printProgress } from './watchTerminal';

/** `exan sweep training`: what the attack finds while a network is trained, by precision, as JSON, table and figure. */
export const sweepTraining: CommandUnknownOpts = commandWithCase(
  'training',
  'what the attack finds while the network is trained, from float64, float32, rounded and fp16 gradients',
)
  .option('--seeds <n>', 'batches, drawn from the seed on', count, 5)
  .addOption(list('--steps <n,…>', 'updates after which it is attacked', [0, 30, 100, 300, 1000, 3000]))
  .option('--rate <x>', 'learning rate', positive, 0.3)
  .option('--seconds <n>', 'time for one attack', positive, 10)
  .option('--out <folder>', 'gets training.json and the picture', join('out', 'training'))
  .action(async (values) => {
    const { size, rate, seconds, seed, out } = values;
    makeFolder('exan sweep training', out);
    const { model, dataset } = await setupFrom(values);
    const rows = await overTraining(model, dataset, values.steps, {
      ...{ size, rate, seconds, seed, seeds: seedsFrom(values) },
      onProgress: printProgress(),
    });
    writeAtomically(join(out, 'training.json'), JSON.stringify(rows, null, 1));
    const picture = saveFigure(out, 'training', figureOf(rows));
    if (values.json) return print(`${JSON.stringify({ rows })}\n`);
    print(`${align(table(rows)).join('\n')}\n\n${picture}\n`);
  });

function table(rows: readonly OverTrainingRow[]): string[][] {
  const percent = (v: number): string => `${(v * 100).toFixed(0)} %`;
  const small = (v: number | null): string => v?.toExponential(0) ?? '-';
  return [
    [
      'steps',
      'accuracy',
      'gradient',
      'batches exact',
      'samples',
      'in 3 bars',
      'beyond',
      'false',
      'bar',
      'error',
      'loss',
    ],
    ...rows.map((r) => [
      String(r.steps),
      percent(r.accuracy),
      r.precision,
      `${r.statuses.exact} of ${r.batches}`,
      percent(r.recovered.mean),
      percent(r.within.mean),
      String(r.beyond),
      String(r.false),
      small(r.bar),
      small(r.error),
      small(r.smallestLoss),
    ]),
  ];
}
