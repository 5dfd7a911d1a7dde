import type { Disturbance, RobustnessRow } from '../experiments/robustness';
import { robustnessPoints, robustnessRows, robustnessTrials } from '../experiments/robustnessTrial';
import { samplesOf } from '../experiments/sweep/experiment';
import { align } from '../report/align';
import { robustness as figureOf } from '../viz/robustness';
import { commandWithCase, seedsFrom, setOfCase, widthsFrom } from './cases';
import { count, list } from './options';
import { type SweepCommand, sweepCommand } from './sweep/command';

const usualNoise = [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 3e-2, 1e-1];

/** `exan sweep robustness`: what each attack recovers from noisy, rounded and pruned gradients, as JSON, table and figure. */
export const sweepRobustness: SweepCommand = sweepCommand(
  commandWithCase(
    'robustness',
    'how much noise, rounding (fp16, int8) and pruning of the gradient each attack survives; goes on where a stopped run ended',
  )
    .option('--seeds <n>', 'batches, drawn from the seed on', count, 3)
    .addOption(list('--noise <x,…>', 'relative to the root mean square of each array', usualNoise))
    .addOption(list('--prune <x,…>', 'fractions of the entries set to zero', [0.5, 0.9, 0.99])),
  {
    experiment: robustnessTrials,
    dataset: (values) => setOfCase(values),
    points(values, set) {
      const dataset = samplesOf(robustnessTrials, set);
      const disturbances: Disturbance[] = [
        ...values.noise.map((level) => ({ kind: 'noise' as const, level })),
        ...(['float32', 'fp16', 'int8'] as const).map((kind) => ({ kind, level: 0 })),
        ...values.prune.map((level) => ({ kind: 'prune' as const, level })),
      ];
      const network = { widths: widthsFrom(values, dataset), network: values.seed };
      return robustnessPoints({ data: dataset.name, ...network, size: values.size }, disturbances, seedsFrom(values));
    },
    present(trials) {
      const rows = robustnessRows(trials);
      return { rows, json: { rows }, lines: align(table(rows)), figures: { robustness: figureOf(rows) } };
    },
  },
);

function table(rows: readonly RobustnessRow[]): string[][] {
  const percent = (v: { mean: number }): string => `${(v.mean * 100).toFixed(0)} %`;
  return [
    ['gradient', 'attack', 'visible', 'MSE <= 1e-6', 'median error', 'candidates'],
    ...rows.map((r) => [
      r.level > 0 ? `${r.kind} ${r.level}` : r.kind,
      r.attack,
      percent(r.visible),
      percent(r.exact),
      r.error === null ? '-' : r.error.toExponential(1),
      r.candidates.toFixed(0),
    ]),
  ];
}
