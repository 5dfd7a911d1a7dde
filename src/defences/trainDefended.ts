import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dataset } from '../data/dataset';
import { captureGradient } from '../gradient/captureGradient';
import { accuracy } from '../model/accuracy';
import { descend } from '../model/descend';
import type { Batch, Mlp } from '../types';
import type { Defence } from './defence';

/** How a network is trained on defended gradients. */
export interface DefendedTraining {
  /** number of updates. @default 100 */
  readonly steps?: number;
  /** @default 0.3 */
  readonly rate?: number;
}

/**
 * FedSGD with one client: every update uses the gradient that the defence shares of a fresh batch.
 *
 * @returns accuracy on `heldOut` after the last update
 * @example
 * const { noDefence, trainDefended } = defences;
 * const net = mlp({ widths: [784, 32, 10] });
 * await trainDefended(net, noDefence, digits, digits.draw({ size: 100 }), 8, 1, { steps: 100 });  // => 0.6
 */
export async function trainDefended(
  model: Mlp,
  defence: Defence,
  dataset: Dataset,
  heldOut: Batch,
  size: number,
  seed: number,
  { steps = 100, rate = 0.3 }: DefendedTraining = {},
  signal?: AbortSignal,
): Promise<number> {
  let now = model;
  for (let step = 0; step < steps; step++) {
    await nextTurn();
    signal?.throwIfAborted();
    const own = 1000 * seed + step;
    const drawn = dataset.draw({ size, seed: own });
    const batch = (await defence.prepare?.(now, drawn, own)) ?? drawn;
    const { gradients } = defence.share?.(now, batch, own) ?? captureGradient(now, batch);
    now = descend(now, gradients, rate);
  }
  return accuracy(now, heldOut);
}
