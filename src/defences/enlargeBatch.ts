import { check, isCount } from '../check';
import { matrix, row } from '../math/matrix';
import { rng, sampleIndices } from '../math/rng';
import type { Batch } from '../types';

/**
 * The batch with `extra` samples of a pool behind its own: more samples share every neuron.
 *
 * @param extra strength; 0 changes nothing
 * @throws InputError when the pool is too small or its samples have another size
 * @example
 * defences.enlargeBatch(secret, digits, 24).inputs.rows;  // => 32
 */
export function enlargeBatch(batch: Batch, pool: Batch, extra: number, seed = 0): Batch {
  check(
    isCount(extra, 0) && extra <= pool.inputs.rows,
    () => `enlargeBatch: extra is ${extra}, expected an integer in 0..${pool.inputs.rows} (the pool)`,
  );
  check(
    pool.inputs.columns === batch.inputs.columns,
    () => `enlargeBatch: the pool has samples of ${pool.inputs.columns} entries, expected ${batch.inputs.columns}`,
  );
  if (extra === 0) return batch;
  const chosen = sampleIndices(rng(seed), pool.inputs.rows, extra);
  const M = batch.inputs.rows;
  const inputs = matrix(M + extra, batch.inputs.columns);
  inputs.data.set(batch.inputs.data);
  chosen.forEach((from, k) => {
    row(inputs, M + k).set(row(pool.inputs, from));
  });
  const labels = Int32Array.from([...batch.labels, ...chosen.map((from) => pool.labels[from])]);
  return { ...batch, inputs, labels };
}
