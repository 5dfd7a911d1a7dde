import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Disturbance, type RobustnessRow, robustness } from '../experiments/robustness';
import { robustness as figureOf } from '../viz/robustness';
import { count, numbers, parse } from './arguments';
import { caseOptions, setupFrom } from './cases';
import { saveFigure } from './saveFigure';
import { align } from './table';
import { printProgress } from './watchTerminal';

const usualNoise = [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-3, 1e-2, 3e-2, 1e-1];

/**
 * `exan sweep robustness`: what each attack recovers from noisy, rounded and pruned gradients, as JSON, table and figure.
 *
 * @throws InputError for options that do not fit
 */
export async function sweepRobustness(args: readonly string[]): Promise<{ text: string }> {
  const values = parse('sweep robustness', args, {
    ...caseOptions,
    ...{ seeds: 'string', noise: 'string', prune: 'string', out: 'string', json: 'boolean' },
  });
  const { model, dataset, size, seed } = await setupFrom(values);
  const disturbances: Disturbance[] = [
    ...numbers(values, 'noise', usualNoise).map((level) => ({ kind: 'noise' as const, level })),
    ...(['float32', 'fp16', 'int8'] as const).map((kind) => ({ kind, level: 0 })),
    ...numbers(values, 'prune', [0.5, 0.9, 0.99]).map((level) => ({ kind: 'prune' as const, level })),
  ];
  const rows = await robustness(model, dataset, disturbances, {
    size,
    seeds: Array.from({ length: count(values, 'seeds', 3) }, (_, k) => seed + k),
    onProgress: printProgress,
  });
  const folder = String(values.out ?? join('out', 'robustness'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'robustness.json'), JSON.stringify(rows, null, 1));
  const picture = saveFigure(folder, 'robustness', figureOf(rows));
  if (values.json) return { text: `${JSON.stringify({ rows })}\n` };
  return { text: `${align(table(rows)).join('\n')}\n\n${picture}\n` };
}

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
