import { dataset } from '../../data/dataset';
import { convolutionalBoundary as boundary } from '../../experiments/convolutionalBoundary';
import { exanCounts as counted } from '../../experiments/exanCounts';
import { federatedSettings as federated } from '../../experiments/federatedSettings';
import { largestBatches } from '../../experiments/largestBatches';
import { overTraining as trained } from '../../experiments/overTraining';
import { type PhaseTrial, phase } from '../../experiments/phaseTrial';
import { accuracy } from '../../model/accuracy';
import { mlp } from '../../model/mlp';
import { train } from '../../model/sgd';
import { convolutionalBoundary as boundaryOf } from '../../viz/convolutionalBoundary';
import { exanCounts as countsOf } from '../../viz/exanCounts';
import { federatedSettings as federatedOf } from '../../viz/federatedSettings';
import type { Figure } from '../../viz/figure';
import { overTraining as trainingOf } from '../../viz/overTraining';
import { phaseDiagram as phasesOf } from '../../viz/phaseDiagram';
import { trainingCurve as curveOf } from '../../viz/trainingCurve';
import type { FigureEntry } from './entry';

export const phaseDiagram: FigureEntry = {
  about: 'Where each attack ends: batches of 784-128-10 that are read whole, over their size, two of each.',
  draw: async ({ digits, seed, onProgress }): Promise<Figure> => {
    const grid = [2, 4, 8, 16, 24, 32].flatMap((size) => [seed, seed + 1].map((own) => ({ size, seed: own })));
    const points = grid.flatMap((at) =>
      (['boundary', 'exan', 'pursuit', 'support'] as const).map((m) => ({ ...at, m })),
    );
    const trials: PhaseTrial[] = [];
    for (const { m: method, ...at } of points) {
      const common = { data: 'mnist', width: 128, depth: 1, precision: 'float64', seconds: 10 } as const;
      trials.push(await phase.run({ ...common, ...at, method }, digits, { workers: 1 }));
      onProgress?.(trials.length / points.length, `${method}, M = ${at.size}`);
    }
    return phasesOf(trials);
  },
};

export const exanCounts: FigureEntry = {
  about:
    'Exclusive neurons of a digit over the batch size, in 128 and in 512 neurons, beside what independent neurons would give.',
  draw: async ({ digits, seed, ...watch }): Promise<Figure> => {
    const series: Record<string, Awaited<ReturnType<typeof counted>>> = {};
    for (const width of [128, 512])
      series[`${width} neurons`] = await counted(mlp({ widths: [784, width, 10], seed }), digits, {
        seeds: [seed, seed + 1, seed + 2],
        ...watch,
      });
    return countsOf(series);
  },
};

export const overTraining: FigureEntry = {
  about:
    'What the attack finds of eight digits while 784-64-10 is trained, by the precision of the gradient, three batches.',
  draw: async ({ digits, seed, ...watch }): Promise<Figure> => {
    const options = { size: 8, seeds: [seed, seed + 1, seed + 2], seed, rate: 0.3, seconds: 5, ...watch };
    return trainingOf(await trained(mlp({ widths: [784, 64, 10], seed }), digits, [0, 30, 100, 300], options));
  },
};

export const federatedSettings: FigureEntry = {
  about: 'What clients of 784-256-10 with eight digits give away after 1, 5 and 20 epochs, by rate and mini-batch.',
  draw: async ({ digits, seed, ...watch }): Promise<Figure> => {
    const grid = { sizes: [8], epochs: [1, 5, 20], rates: [0.01, 0.1], batchSizes: [null, 4] };
    return federatedOf(
      await federated(digits, { ...grid, width: 256, seeds: [seed], seconds: 5, workers: 1, ...watch }),
    );
  },
};

export const convolutionalBoundary: FigureEntry = {
  about:
    'How far down two small convolutional networks give a batch of digits away: by counting, by conditioning, by the attack.',
  draw: async ({ digits, seed, ...watch }): Promise<Figure> => {
    const channels = [
      [16, 32],
      [32, 64],
    ];
    const options = { channels, sides: [14], inits: ['he'] as const, sizes: [1, 2, 4], head: [64] };
    const found = await boundary(digits, { ...options, seeds: [seed], seconds: 5, workers: 1, ...watch });
    return boundaryOf(largestBatches(found));
  },
};

export const trainingCurve: FigureEntry = {
  about: 'Loss and accuracy of 784-32-10 over ten times thirty steps, on its own 2,000 digits and on 500 others.',
  draw: async ({ digits, seed, ...watch }): Promise<Figure> => {
    const drawn = digits.draw({ size: 2500, seed: 0 });
    const part = (from: number, to: number) => ({
      inputs: { ...drawn.inputs, rows: to - from, data: drawn.inputs.data.slice(784 * from, 784 * to) },
      labels: drawn.labels.slice(from, to),
    });
    const own = dataset({ ...part(0, 2000), name: 'mnist', classes: 10 });
    const others = part(2000, 2500);
    const steps = Array.from({ length: 10 }, (_, k) => 30 * (k + 1));
    const { losses, checkpoints } = await train(mlp({ widths: [784, 32, 10], seed }), own, {
      ...{ steps: 300, rate: 0.2, seed, checkpoints: steps },
      ...watch,
    });
    const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    return curveOf(
      checkpoints.map(({ step, model }) => ({
        loss: mean(losses.slice(step - 30, step)),
        acc: accuracy(model, own),
        val_acc: accuracy(model, others),
      })),
    );
  },
};
