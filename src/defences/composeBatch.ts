import { check, isCount } from '../check';
import { activationPattern } from '../exclusivity/activationPattern';
import { checkBatch } from '../gradient/captureGradient';
import { matrix, row } from '../math/matrix';
import { rng } from '../math/rng';
import { forward } from '../model/forward';
import type { Batch, DenseMatrix, Mlp } from '../types';
import { onlyMlp } from './onlyMlp';

/** Options of {@link composeBatch}. */
export interface ComposeOptions {
  /** swaps tried; 0 changes nothing. @default 1000 */
  readonly swaps?: number;
  /** @default 0 */
  readonly seed?: number;
}

/**
 * Exclusivity reduction by batch composition: samples are swapped for others of the same label from a pool while that
 * lowers the number of exclusive neurons (all ReLU layers), so that classes stay balanced and no input is touched.
 *
 * @returns the batch and its exclusive neurons before and after
 * @throws InputError when batch or pool do not fit the model
 * @example
 * const { before, after } = defences.composeBatch(model, secret, digits.draw({ size: 64 }), { swaps: 200 });
 * after < before;  // => true
 */
export function composeBatch(
  model: Mlp,
  batch: Batch,
  pool: Batch,
  { swaps = 1000, seed = 0 }: ComposeOptions = {},
): { batch: Batch; before: number; after: number } {
  onlyMlp('composeBatch', model);
  check(isCount(swaps, 0), () => `composeBatch: swaps is ${swaps}, expected a count`);
  checkBatch('composeBatch', model, batch);
  checkBatch('composeBatch', model, pool);
  const own = firing(model, batch);
  const others = firing(model, pool);
  const neurons = own[0]?.length ?? 0;
  const sums = new Int32Array(neurons);
  for (const fires of own) for (let j = 0; j < neurons; j++) sums[j] += fires[j];
  const exclusive = (): number => sums.reduce((count, s) => count + (s === 1 ? 1 : 0), 0);
  const before = exclusive();
  let least = before;
  const inputs = matrix(batch.inputs.rows, batch.inputs.columns, batch.inputs.data.slice());
  const used = new Set<number>();
  const from = new Array<number>(own.length).fill(-1);
  const uniform = rng(seed);
  for (let n = 0; n < swaps; n++) {
    const m = Math.floor(uniform() * own.length);
    const k = Math.floor(uniform() * others.length);
    if (used.has(k) || pool.labels[k] !== batch.labels[m]) continue;
    const [out, into] = [own[m], others[k]];
    for (let j = 0; j < neurons; j++) sums[j] = sums[j] + into[j] - out[j];
    const count = exclusive();
    if (count < least && !holds(inputs, row(pool.inputs, k))) {
      least = count;
      own[m] = into;
      used.delete(from[m]);
      used.add(k);
      from[m] = k;
      row(inputs, m).set(row(pool.inputs, k));
    } else for (let j = 0; j < neurons; j++) sums[j] = sums[j] - into[j] + out[j];
  }
  return { batch: { ...batch, inputs }, before, after: least };
}

/** A copy of a sample that is already there would hide it perfectly, and teach nothing. */
function holds(inputs: DenseMatrix, sample: Float64Array): boolean {
  return [...Array(inputs.rows).keys()].some((m) => row(inputs, m).every((v, i) => v === sample[i]));
}

/** Per sample, the patterns of all ReLU layers side by side. */
function firing(model: Mlp, batch: Batch): Uint8Array[] {
  const patterns = forward(model, batch.inputs).features.slice(1).map(activationPattern);
  return Array.from({ length: batch.inputs.rows }, (_, m) =>
    Uint8Array.from(patterns.flatMap(({ fires, neurons }) => [...fires.subarray(m * neurons, (m + 1) * neurons)])),
  );
}
