import { check } from '../check';
import { tensorTypes } from '../data/safetensors';
import { mlpOf } from '../model/mlp';
import { readModel } from '../model/modelFile';
import type { AffineLayer, Mlp, ObservedUpdate, ToldTraining } from '../types';
import { checkUpdate } from './checkUpdate';
import { readGradient } from './gradientFile';

/** Where an update is read from: the network before, and either the one after or the difference of the two. */
export interface UpdateFiles {
  readonly before: string;
  readonly after?: string;
  /** after minus before, named like the weights */
  readonly difference?: string;
}

/**
 * A client's update from .safetensors files named like a PyTorch state_dict; its precision is float32 when all numbers are float32 numbers.
 *
 * @throws InputError when a file is damaged or holds halves (F16, BF16), the networks do not fit each other, or there is not exactly one of `after` and `difference`
 * @example
 * const { before, after } = localUpdate(model, secret, { rate: 0.1, epochs: 5, precision: 'float32' });
 * writeModel('before.safetensors', before);
 * writeModel('after.safetensors', after);
 * readUpdate({ before: 'before.safetensors', after: 'after.safetensors' }, { rate: 0.1, epochs: 5 }).precision;  // => 'float32'
 */
export function readUpdate<T extends ToldTraining>(files: UpdateFiles, training: T): ObservedUpdate & T {
  check(
    (files.after === undefined) !== (files.difference === undefined),
    () => 'readUpdate: expected either the network after or its difference to the one before, not both or none',
  );
  for (const path of [files.before, files.after ?? files.difference ?? '']) refuseHalves(path);
  const before = readModel(files.before);
  const single = (layers: readonly AffineLayer[]): boolean =>
    layers.every(({ weight, bias }) =>
      [weight.data, bias ?? []].every((values) => values.every((v: number) => Math.fround(v) === v)),
    );
  const moved = files.difference === undefined ? null : readGradient(files.difference).gradients;
  const precision = single(before.dense) && (moved === null || single(moved)) ? 'float32' : 'float64';
  const after =
    files.after !== undefined
      ? readModel(files.after)
      : plus(before, moved ?? [], precision === 'float32' ? Math.fround : Number);
  const update = {
    before,
    after,
    precision: precision === 'float32' && single(after.dense) ? ('float32' as const) : ('float64' as const),
    ...training,
  };
  checkUpdate(update, 'readUpdate');
  return update;
}

/** A step moves most weights by less than what halves round away. */
function refuseHalves(path: string): void {
  const half = [...tensorTypes('readUpdate', path)].find((dtype) => dtype === 'F16' || dtype === 'BF16');
  check(
    half === undefined,
    () =>
      `readUpdate: ${path} is ${half}, which rounds away more than local steps change, expected F32 or F64; save the weights before they are rounded`,
  );
}

function plus({ dense, activations }: Mlp, moved: readonly AffineLayer[], round: (v: number) => number): Mlp {
  const sum = (a: Float64Array, b: Float64Array | undefined): Float64Array => a.map((v, k) => round(v + (b?.[k] ?? 0)));
  const fits = ({ weight, bias }: AffineLayer, i: number): boolean =>
    moved[i]?.weight.rows === weight.rows &&
    moved[i].weight.columns === weight.columns &&
    moved[i].bias?.length === bias?.length;
  check(
    moved.length === dense.length && dense.every(fits),
    () => 'readUpdate: the difference has other layers than the network before, expected the same shapes',
  );
  return mlpOf(
    dense.map(({ weight, bias }, i) => ({
      weight: { ...weight, data: sum(weight.data, moved[i].weight.data) },
      ...(bias && { bias: sum(bias, moved[i].bias) }),
    })),
    activations,
  );
}
