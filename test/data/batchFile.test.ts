import assert from 'node:assert/strict';
import test from 'node:test';
import { readBatch, writeBatch } from '../../src/data/batchFile';
import { type Tensor, writeSafetensors } from '../../src/data/safetensors';
import { fromRows } from '../../src/math/matrix';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const inputs: Tensor = { dtype: 'F64', shape: [2, 2], data: Float64Array.of(1, 2, 3, 0.1) };
const labels: Tensor = { dtype: 'I64', shape: [2], data: Float64Array.of(4, 0) };

test('what writeBatch wrote, readBatch reads; F32 rounds', () => {
  const batch = {
    inputs: fromRows([
      [1, 2],
      [3, 0.1],
    ]),
    labels: Int32Array.of(4, 0),
  };
  writeBatch(at('b'), batch);
  assert.deepEqual(readBatch(at('b')), batch);
  writeBatch(at('b'), batch, { dtype: 'F32' });
  assert.equal(readBatch(at('b')).inputs.data[3], Math.fround(0.1));
});
test('readBatch names what is missing or wrong', () => {
  const cases: [RegExp, Record<string, Tensor>][] = [
    [/has tensors inputs, expected inputs and labels/, { inputs }],
    [/inputs are F64 \[4\]/, { inputs: { ...inputs, shape: [4] }, labels }],
    [/inputs are F64 \[0,2\]/, { inputs: { ...inputs, shape: [0, 2], data: new Float64Array(0) }, labels }],
    [/labels are I64 \[2,1\]/, { inputs, labels: { ...labels, shape: [2, 1] } }],
    [/labels are F32/, { inputs, labels: { ...labels, dtype: 'F32' } }],
    [/inputs hold NaN at index 1/, { inputs: { ...inputs, data: Float64Array.of(1, Number.NaN, 0, 0) }, labels }],
    [/label 0 is -1/, { inputs, labels: { ...labels, data: Float64Array.of(-1, 0) } }],
  ];
  for (const [message, tensors] of cases) {
    writeSafetensors(at('wrong'), new Map(Object.entries(tensors)));
    assert.throws(() => readBatch(at('wrong')), { name: 'InputError', message });
  }
});
