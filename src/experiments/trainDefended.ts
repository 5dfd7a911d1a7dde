import { check } from '../check';
import type { Dataset } from '../data/dataset';
import type { Defence } from '../defences/defence';
import { captureGradient } from '../gradient/captureGradient';
import { accuracyInTurns } from '../model/accuracy';
import { descend } from '../model/descend';
import { nextTurn } from '../nextTurn';
import type { Batch, ConvNet, Mlp, Watch } from '../types';
import type { SharedCase } from './attackOutcome';

/** How a network is trained on defended gradients. */
export interface DefendedTraining {
  /** number of updates. @default 100 */
  readonly steps?: number;
  /** @default 0.3 */
  readonly rate?: number;
}

/** Options of {@link trainDefended}. */
export interface TrainDefendedOptions extends DefendedTraining, Watch {
  /** M of every update */
  readonly size: number;
  readonly seed: number;
  /** what accuracy is measured on */
  readonly heldOut: Batch;
}

/**
 * FedSGD with one client: every update uses the gradient that the defence shares of a fresh batch.
 *
 * @returns accuracy on `heldOut` after the last update
 * @example
 * const net = mlp({ widths: [784, 32, 10] });
 * const heldOut = digits.draw({ size: 100 });
 * await trainDefended(net, defences.noDefence, digits, { size: 8, seed: 1, heldOut, steps: 100 });  // => 0.6
 */
export async function trainDefended(
  model: Mlp | ConvNet,
  defence: Defence,
  dataset: Dataset,
  { steps = 100, rate = 0.3, size, seed, heldOut, signal, onProgress }: TrainDefendedOptions,
): Promise<number> {
  let now: Mlp | ConvNet = model;
  for (let step = 0; step < steps; step++) {
    await nextTurn();
    signal?.throwIfAborted();
    onProgress?.(step / steps, `step ${step} of ${steps}`);
    const own = 1000 * seed + step;
    const { shared } = await defendedCase(now, defence, dataset.draw({ size, seed: own }), own);
    now = descend(now, shared.gradients, rate);
  }
  return accuracyInTurns(now, heldOut, signal);
}

/** What a client with this defence computes on and shares. */
export async function defendedCase(
  model: Mlp | ConvNet,
  defence: Defence,
  drawn: Batch,
  seed: number,
): Promise<SharedCase> {
  check(
    defence.share !== undefined || defence.update === undefined,
    () =>
      `${defence.name} changes updates of several local steps, expected a defence of gradients; see federatedDefences`,
  );
  const batch = (await defence.prepare?.(model, drawn, seed)) ?? drawn;
  return { batch, shared: defence.share?.(model, batch, seed) ?? captureGradient(model, batch) };
}
