import {
  type AveragedGradient,
  type Batch,
  captureGradient,
  type Dataset,
  type ExclusivityState,
  exclusivityState,
  type Mlp,
  mlp,
} from '../../src/browser';

/** What a lesson chooses: the batch and the width of the network's only hidden layer. */
export interface Setting {
  readonly size: number;
  readonly width: number;
  /** of the batch */
  readonly seed: number;
}

/** A setting as a client and its analyst see it. */
export interface Case {
  readonly model: Mlp;
  /** never handed to an attack */
  readonly secret: Batch;
  /** all that an attacker sees beside the model */
  readonly gradient: AveragedGradient;
  readonly state: ExclusivityState;
}

const kept = new Map<string, Case>();

/** The network, the batch, its gradient and its exclusivity state; that of the last few settings is kept. */
export function caseOf(digits: Dataset, setting: Setting): Case {
  const { size, width, seed } = setting;
  const key = JSON.stringify([size, width, seed]);
  const known = kept.get(key);
  if (known) return known;
  const model = mlp({ widths: [784, width, 10], seed: 7 });
  const secret = digits.draw({ size, seed });
  const made = { model, secret, gradient: captureGradient(model, secret), state: exclusivityState(model, secret) };
  if (kept.size > 3) kept.clear();
  kept.set(key, made);
  return made;
}
