import { check, isCount } from '../check';
import type { Dataset } from '../data/dataset';
import { captureGradient } from '../gradient/captureGradient';
import { gradientDifference } from '../gradient/gradientDifference';
import { axpy, matrix, row } from '../math/matrix';
import { descend } from '../model/descend';
import type { AffineLayer, AveragedGradient, Batch, Mlp } from '../types';
import { type AttackCasesOptions, attackCases } from './attackCases';
import type { AttackOutcome } from './attackOutcome';
import { attacks } from './attacks';

/** What is shared: the update of `localSteps` steps at `rate`, averaged over `clients` with a batch each. */
export interface FederatedSetting {
  readonly localSteps: number;
  readonly rate: number;
  readonly clients: number;
}

/** What remains of an attack in one setting. */
export interface FederatedRow extends FederatedSetting, AttackOutcome {}

/**
 * FedAvg instead of FedSGD: several local steps on the same batch, several clients. The server divides the update by
 * rate * steps and attacks it as if it were a gradient.
 *
 * @throws InputError when a setting is out of range
 * @example
 * const settings = [{ localSteps: 5, rate: 0.1, clients: 1 }];
 * const rows = await federatedSettings(model, digits, settings, {
 *   seeds: [1],
 *   attacks: [{ name: 'crude', run: (net, shared) => rowRatios(net, shared) }],
 * });
 * rows.map(({ visible }) => visible.mean);  // => [1]
 */
export async function federatedSettings(
  model: Mlp,
  dataset: Dataset,
  settings: readonly FederatedSetting[],
  options: AttackCasesOptions = {},
): Promise<FederatedRow[]> {
  const { size = 8 } = options;
  const tried = options.attacks ?? [attacks.exact, attacks.adaptive, attacks.rowRatios];
  return attackCases(
    model,
    settings,
    { ...options, attacks: tried },
    (setting, seed) => {
      const batch = dataset.draw({ size: size * setting.clients, seed });
      const parts = Array.from({ length: setting.clients }, (_, c) => part(batch, c * size, size));
      return { batch, shared: sharedUpdate(model, parts, setting) };
    },
    'federatedSettings',
  );
}

/**
 * The clients' mean update divided by -rate * localSteps: with one step it is the gradient of all batches together.
 *
 * @throws InputError when steps or rate are out of range, or there is no client
 * @example
 * const update = sharedUpdate(model, [secret], { localSteps: 1, rate: 0.1 });
 * certify(model, update, secret).residual < 1e-14;  // => true
 */
export function sharedUpdate(
  model: Mlp,
  batches: readonly Batch[],
  { localSteps, rate }: Pick<FederatedSetting, 'localSteps' | 'rate'>,
): AveragedGradient {
  check(isCount(localSteps), () => `sharedUpdate: localSteps is ${localSteps}, expected a positive integer`);
  check(rate > 0, () => `sharedUpdate: rate is ${rate}, expected a positive number`);
  check(batches.length > 0, () => 'sharedUpdate: no clients, expected at least one batch');
  const sum = model.dense.map(({ weight, bias }): AffineLayer => {
    const zero = matrix(weight.rows, weight.columns);
    return bias ? { weight: zero, bias: new Float64Array(bias.length) } : { weight: zero };
  });
  for (const batch of batches) {
    let now = model;
    for (let step = 0; step < localSteps; step++) now = descend(now, captureGradient(now, batch).gradients, rate);
    gradientDifference(model.dense, now.dense).forEach(({ weight, bias }, i) => {
      const target = sum[i] as AffineLayer;
      const scale = 1 / (rate * localSteps * batches.length);
      axpy(scale, weight.data, target.weight.data);
      if (bias) axpy(scale, bias, target.bias as Float64Array);
    });
  }
  return { gradients: sum, reduction: 'mean', precision: 'float64' };
}

function part({ inputs, labels }: Batch, from: number, size: number): Batch {
  const own = matrix(size, inputs.columns);
  for (let m = 0; m < size; m++) row(own, m).set(row(inputs, from + m));
  return { inputs: own, labels: labels.slice(from, from + size) };
}
