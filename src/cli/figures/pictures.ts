import { exclusivityState } from '../../exclusivity/exclusivityState';
import { convolutionalBatches } from '../../experiments/convolutionalBatches';
import { captureGradient } from '../../gradient/captureGradient';
import { convNet } from '../../model/convNet';
import { mlp } from '../../model/mlp';
import { reconstruct } from '../../reconstruction/reconstruct';
import { type Reconstruction, recovered } from '../../reconstruction/result';
import type { AveragedGradient, Batch, Mlp } from '../../types';
import { certify } from '../../verification/certificate/certify';
import { exanHeatmap as heatmapOf } from '../../viz/exanHeatmap';
import type { Figure } from '../../viz/figure';
import { imageGrid as gridOf } from '../../viz/imageGrid';
import { recoveredPictures as picturesOf } from '../../viz/recoveredPictures';
import { residualBars as barsOf } from '../../viz/residualBars';
import type { FigureEntry, FigureOrder } from './entry';

/** A batch of eight digits, its float32 gradient through 784-512-10, and the answer of the attack. */
function attacked({ digits, seed }: FigureOrder): {
  model: Mlp;
  secret: Batch;
  gradient: AveragedGradient;
  found: Reconstruction;
} {
  const model = mlp({ widths: [784, 512, 10], seed });
  const secret = digits.draw({ size: 8, seed });
  const gradient = captureGradient(model, secret, { precision: 'float32' });
  return { model, secret, gradient, found: reconstruct(model, gradient) };
}

export const imageGrid: FigureEntry = {
  about: 'Eight digits above, and below what is read back of them from one averaged float32 gradient of 784-512-10.',
  draw: (order): Figure => {
    const { secret, found } = attacked(order);
    return gridOf({ truth: secret, recovered: recovered(found) });
  },
};

export const residualBars: FigureEntry = {
  about:
    'The certificate of that answer: how far its replay is from the shared gradient, layer by layer, beside the tolerance.',
  draw: (order): Figure => {
    const { model, gradient, found } = attacked(order);
    return barsOf(certify(model, gradient, recovered(found), found));
  },
};

export const exanHeatmap: FigureEntry = {
  about: 'How many neurons each of eight digits turns on alone, in each hidden layer of 784-256-128-10.',
  draw: ({ digits, seed }): Figure => {
    const model = mlp({ widths: [784, 256, 128, 10], seed });
    return heatmapOf(exclusivityState(model, digits.draw({ size: 8, seed })));
  },
};

export const recoveredPictures: FigureEntry = {
  about:
    'Two digits read back through four convolutions and a head of 64 neurons, with PSNR and SSIM (the form of Fig. 8 of the paper).',
  draw: async ({ digits, seed, ...watch }): Promise<Figure> => {
    const input = { channels: 1, height: 28, width: 28 };
    const plan = [64, { filters: 64, stride: 2 }, 128, { filters: 128, stride: 2 }] as const;
    const network = (own: number) => convNet({ input, plan, head: [64], init: 'pytorch', seed: own });
    const [row] = await convolutionalBatches(network, digits, { sizes: [2], seeds: [seed], workers: 1, ...watch });
    if (!row) throw new Error('recoveredPictures: it was stopped before its batch was attacked');
    return picturesOf(row);
  },
};
