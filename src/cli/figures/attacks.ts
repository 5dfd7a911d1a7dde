import { dataset } from '../../data/dataset';
import { defence } from '../../defences';
import { attackComparison as compared } from '../../experiments/attackComparison';
import { contestants } from '../../experiments/contestants';
import { evaluateDefences } from '../../experiments/evaluateDefences';
import { robustness as overNoise } from '../../experiments/robustness';
import { mlp } from '../../model/mlp';
import { attackComparison as comparisonOf, attackHistory as historyOf } from '../../viz/attackComparison';
import type { Figure } from '../../viz/figure';
import { privacyUtility as privacyOf } from '../../viz/privacyUtility';
import { robustness as robustnessOf } from '../../viz/robustness';
import type { FigureEntry, FigureOrder } from './entry';

type Rows = ReturnType<typeof compared>;

/** Ours and three rivals on 784-256-10, five seconds each on one thread. */
function contest({ digits, seed, ...watch }: FigureOrder, sizes: readonly number[]): Rows {
  const rivals = (['exan', 'row-ratios', 'rgap', 'ig'] as const).map((name) => contestants[name]);
  return compared(digits, rivals, { sizes, seeds: [seed], widths: [784, 256, 10], seconds: 5, ...watch });
}

export const attackComparison: FigureEntry = {
  about:
    'How well ours and three rivals see the median digit of a batch of 1, 2, 4 and 8 through 784-256-10, in five seconds on one thread.',
  draw: async (order): Promise<Figure> => comparisonOf(await contest(order, [1, 2, 4, 8])),
};

export const attackHistory: FigureEntry = {
  about: 'The same attacks on a batch of two: how good the best guess is after how long.',
  draw: async (order): Promise<Figure> => historyOf(await contest(order, [2])),
};

export const robustness: FigureEntry = {
  about: 'What each attack finds of eight digits as noise on the gradient of 784-256-10 grows, two batches.',
  draw: async ({ digits, seed, ...watch }): Promise<Figure> => {
    const levels = [1e-12, 1e-8, 1e-4, 1e-2, 1e-1].map((level) => ({ kind: 'noise' as const, level }));
    const options = { size: 8, seeds: [seed, seed + 1], ...watch };
    return robustnessOf(await overNoise(mlp({ widths: [784, 256, 10], seed }), digits, levels, options));
  },
};

export const privacyUtility: FigureEntry = {
  about:
    'Defences of 784-64-10: accuracy after 40 steps of training with each, against the digits of a batch of eight that the best attack still shows.',
  draw: async ({ digits, seed, ...watch }): Promise<Figure> => {
    const some = dataset({ ...digits.draw({ size: 1000, seed: 0 }), name: 'mnist', classes: 10 });
    const tried = [
      ...[defence.maskExclusiveRows(1), defence.maskFirstLayer(1), defence.largerBatch(24, some)],
      ...[defence.prune(0.9), defence.prune(0.99), defence.quantise('int8'), defence.dropout(0.5)],
      ...[defence.dpSgd(0.01, 1), defence.dpSgd(0.1, 1)],
    ];
    const options = { size: 8, seeds: [seed], training: { steps: 40 }, ...watch };
    return privacyOf(await evaluateDefences(mlp({ widths: [784, 64, 10], seed }), some, tried, options));
  },
};
