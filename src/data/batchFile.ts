import { check, firstNonFinite, listed, shown } from '../check';
import { matrix } from '../math/matrix';
import type { Batch } from '../types';
import { isFloat, readSafetensors, type TensorType, writeSafetensors } from './safetensors';

/** Options of {@link writeBatch}, {@link writeModel} and {@link writeGradient}. */
export interface WriteOptions {
  /** number format in the file; F32 rounds. @default 'F64' */
  readonly dtype?: Extract<TensorType, 'F32' | 'F64'>;
}

/**
 * A batch from a .safetensors file: `inputs` of floats, M x d0, and `labels` I64 or I32, M.
 *
 * @throws InputError when one is missing, has another shape or type, or holds NaN, infinity or a negative label
 * @example
 * writeBatch('batch.safetensors', secret);
 * readBatch('batch.safetensors').inputs.rows;  // => 8
 */
export function readBatch(path: string): Batch {
  const tensors = readSafetensors('readBatch', path);
  const inputs = tensors.get('inputs');
  const labels = tensors.get('labels');
  check(
    inputs !== undefined && labels !== undefined,
    () => `readBatch: ${path} has tensors ${listed(tensors.keys())}, expected inputs and labels`,
  );
  const [rows = 0, columns = 0] = inputs.shape;
  check(
    inputs.shape.length === 2 && rows >= 1 && isFloat(inputs),
    () => `readBatch: inputs are ${inputs.dtype} [${shown(String(inputs.shape))}], expected floats of shape M x d0`,
  );
  check(
    labels.shape.length === 1 && labels.shape[0] === rows && !isFloat(labels),
    () =>
      `readBatch: labels are ${labels.dtype} [${shown(String(labels.shape))}], expected I64 or I32 of shape [${rows}]`,
  );
  const bad = firstNonFinite(inputs.data);
  check(bad < 0, () => `readBatch: inputs hold ${inputs.data[bad]} at index ${bad}, expected finite numbers`);
  const wrong = labels.data.findIndex((y) => !(0 <= y && y < 2 ** 31));
  check(wrong < 0, () => `readBatch: label ${wrong} is ${labels.data[wrong]}, expected an integer >= 0`);
  return { inputs: matrix(rows, columns, inputs.data), labels: Int32Array.from(labels.data) };
}

/**
 * Writes `inputs` and `labels` as {@link readBatch} reads them; the picture shape is not kept.
 *
 * @example
 * writeBatch('batch.safetensors', secret, { dtype: 'F32' });
 * score(readBatch('batch.safetensors'), secret).mse.max < 1e-15;  // => true
 */
export function writeBatch(path: string, { inputs, labels }: Batch, { dtype = 'F64' }: WriteOptions = {}): void {
  writeSafetensors(
    path,
    new Map([
      ['inputs', { dtype, shape: [inputs.rows, inputs.columns], data: inputs.data }],
      ['labels', { dtype: 'I64', shape: [labels.length], data: Float64Array.from(labels) }],
    ]),
  );
}
