import { localUpdate } from '../../../src/gradient/localUpdate';
import { matrix, row } from '../../../src/math/matrix';
import { normal, rng } from '../../../src/math/rng';
import { mlp } from '../../../src/model/mlp';
import type { Batch, ModelUpdate, ObservedUpdate } from '../../../src/types';

/** An update of a random client, and what is told about it, which may be wrong or little. */
export interface UpdateCase {
  readonly secret: Batch;
  readonly update: ObservedUpdate;
  /** how the client trained */
  readonly honest: ModelUpdate;
  readonly twist: string;
}

const twists = [
  'none',
  'equal',
  'near',
  'all equal',
  'all near',
  'one label',
  'rate',
  'steps',
  'mini-batches',
  'momentum',
  'rate untold',
  'steps untold',
  'all untold',
] as const;

/**
 * Random network, batch and training; equal and near samples, or a training that is stated wrong.
 *
 * @param deep with a second hidden layer, under which trainings are to be told and have no momentum
 */
export function updateCase(seed: number, deep = false): UpdateCase {
  const uniform = rng(seed);
  const one = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)] as T;
  const [d, n, K, M] = [one([8, 20, 60]), one([24, 64, 128]), one([2, 3, 5, 10]), one([1, 2, 3, 4, 6, 8, 12])];
  const inputs = matrix(
    M,
    d,
    Float64Array.from({ length: M * d }, () => normal(uniform)),
  );
  const labels = Int32Array.from({ length: M }, () => Math.floor(uniform() * K));
  const twist = one(deep ? twists.slice(0, twists.indexOf('momentum')) : twists);
  const copy = (from: number, to: number, distance: number): void => {
    if (to >= M) return;
    row(inputs, to).set(row(inputs, from).map((v) => v + distance * normal(uniform)));
    labels[to] = labels[from] as number;
  };
  const distance = twist.includes('near') ? 10 ** (-1 - 4 * uniform()) : 0;
  if (twist === 'equal' || twist === 'near') copy(0, 1, distance);
  if (twist.startsWith('all')) for (let m = 0; m < M; m += 2) copy(m, m + 1, distance);
  if (twist === 'one label') labels.fill(0);
  const batchSize = one([0, 0, 1, 2, 3, 4]);
  const secret = { inputs, labels };
  const honest = localUpdate(mlp({ widths: deep ? [d, n, 32, K] : [d, n, K], seed }), secret, {
    rate: one([0.001, 0.01, 0.1, 0.5]),
    epochs: one([1, 2, 3, 5, 10]),
    precision: one(['float64', 'float32'] as const),
    seed,
    ...(batchSize > 0 && { batchSize }),
    momentum: deep ? 0 : one([0, 0, 0, 0.5, 0.9]),
  });
  return { secret, honest, twist, update: told({ ...honest, ...statedWrong(twist, honest, one) }, twist) };
}

/** Without what the twist leaves out. */
function told({ rate, epochs, batchSize, ...update }: ModelUpdate, twist: string): ObservedUpdate {
  return {
    ...update,
    ...(twist !== 'rate untold' && twist !== 'all untold' && { rate }),
    ...(twist !== 'steps untold' && twist !== 'all untold' && { epochs }),
    ...(twist !== 'all untold' && batchSize !== undefined && { batchSize }),
  };
}

function statedWrong(
  twist: (typeof twists)[number],
  { rate, epochs, momentum = 0 }: ModelUpdate,
  one: <T>(list: readonly T[]) => T,
): Partial<ModelUpdate> {
  if (twist === 'rate') return { rate: rate * one([0.5, 0.9, 0.999, 1.00001, 1.1, 2]) };
  if (twist === 'steps') return { epochs: epochs + one([1, 2]) };
  if (twist === 'momentum') return { momentum: momentum === 0 ? one([0.1, 0.9]) : one([0, momentum * 0.999]) };
  return twist === 'mini-batches' ? { batchSize: one([1, 2, 4, 5]) } : {};
}
