import { join } from 'node:path';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { makeFolder, writeAtomically } from '../data/files';
import { type Disturbance, type RobustnessRow, robustness } from '../experiments/robustness';
import { align } from '../report/align';
import { robustness as figureOf } from '../viz/robustness';
import { commandWithCase, seedsFrom, setupFrom } from './cases';
import { count, list, print } from './options';
import { saveFigure } from './saveFigure';
import { printProgress } from './watchTerminal';

const usualNoise = [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 3e-2, 1e-1];

/** `exan sweep robustness`: what each attack recovers from noisy, rounded and pruned gradients, as JSON, table and figure. */
export const sweepRobustness: CommandUnknownOpts = commandWithCase(
  'robustness',
  'how much noise, rounding (fp16, int8) and pruning of the gradient each attack survives',
)
  .option('--seeds <n>', 'batches, drawn from the seed on', count, 3)
  .addOption(list('--noise <x,…>', 'relative to the root mean square of each array', usualNoise))
  .addOption(list('--prune <x,…>', 'fractions of the entries set to zero', [0.5, 0.9, 0.99]))
  .option('--out <folder>', 'gets robustness.json and the picture', join('out', 'robustness'))
  .action(async (values) => {
    const { model, dataset } = await setupFrom(values);
    const { size, out } = values;
    makeFolder('exan sweep robustness', out);
    const disturbances: Disturbance[] = [
      ...values.noise.map((level) => ({ kind: 'noise' as const, level })),
      ...(['float32', 'fp16', 'int8'] as const).map((kind) => ({ kind, level: 0 })),
      ...values.prune.map((level) => ({ kind: 'prune' as const, level })),
    ];
    const options = { size, seeds: seedsFrom(values), onProgress: printProgress() };
    const rows = await robustness(model, dataset, disturbances, options);
    writeAtomically(join(out, 'robustness.json'), JSON.stringify(rows, null, 1));
    const picture = saveFigure(out, 'robustness', figureOf(rows));
    if (values.json) return print(`${JSON.stringify({ rows })}\n`);
    print(`${align(table(rows)).join('\n')}\n\n${picture}\n`);
  });

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
