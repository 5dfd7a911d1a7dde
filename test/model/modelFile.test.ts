import assert from 'node:assert/strict';
import test from 'node:test';
import { mlp, mlpOf } from '../../src/model/mlp';
import { readModel, writeModel } from '../../src/model/modelFile';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

test('what writeModel wrote, readModel reads; F32 rounds every weight', () => {
  const model = mlp({ widths: [6, 5, 4, 3], seed: 1 });
  writeModel(at('m'), model);
  assert.deepEqual(readModel(at('m')), model);
  writeModel(at('m'), model, { dtype: 'F32' });
  const { dense, widths } = readModel(at('m'));
  assert.deepEqual(widths, [6, 5, 4, 3]);
  assert.deepEqual(dense[1]?.bias, model.dense[1]?.bias?.map(Math.fround));
});
test('readModel rejects a net with a single class, and a file that is not there', () => {
  const { dense } = mlp({ widths: [3, 4, 2] });
  const head = { weight: { rows: 1, columns: 4, data: new Float64Array(4) }, bias: new Float64Array(1) };
  writeModel(at('one'), mlpOf([dense[0]!, head]));
  assert.throws(() => readModel(at('one')), /has 1 class, expected at least 2/);
  assert.throws(() => readModel(at('absent')), /readModel: .*absent cannot be read/);
});
test('writeModel rejects a number format that it does not write', () => {
  const dtype = 'F16' as 'F32';
  assert.throws(() => writeModel(at('half'), mlp({ widths: [3, 4, 2] }), { dtype }), /dtype is F16, expected F32/);
});
