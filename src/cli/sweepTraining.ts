import type { OverTrainingRow } from '../experiments/overTraining';
import { samplesOf } from '../experiments/sweep/experiment';
import { training, trainingPoints, trainingRows } from '../experiments/trainingTrial';
import { align } from '../report/align';
import { overTraining as figureOf } from '../viz/overTraining';
import { commandWithCase, seedsFrom, setOfCase, widthsFrom } from './cases';
import { count, list, positive } from './options';
import { type SweepCommand, sweepCommand } from './sweep/command';

/** `exan sweep training`: what the attack finds while a network is trained, by precision, as JSON, table and figure. */
export const sweepTraining: SweepCommand = sweepCommand(
  commandWithCase(
    'training',
    'what the attack finds while the network is trained, from float64, float32, rounded and fp16 gradients; goes on where a stopped run ended',
  )
    .option('--seeds <n>', 'batches, drawn from the seed on', count, 5)
    .addOption(list('--steps <n,…>', 'updates after which it is attacked', [0, 30, 100, 300, 1000, 3000]))
    .option('--rate <x>', 'learning rate', positive, 0.3)
    .option('--seconds <n>', 'time for one attack', positive, 10),
  {
    experiment: training,
    dataset: (values) => setOfCase(values),
    points(values, set) {
      const dataset = samplesOf(training, set);
      const { size, rate, seconds, seed, steps } = values;
      const network = { widths: widthsFrom(values, dataset), network: seed, rate };
      return trainingPoints({ data: dataset.name, ...network, size, seconds }, steps, seedsFrom(values));
    },
    present(trials) {
      const rows = trainingRows(trials);
      return { rows, json: { rows }, lines: align(table(rows)), figures: { training: figureOf(rows) } };
    },
  },
);

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
