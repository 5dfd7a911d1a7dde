import assert from 'node:assert/strict';
import test from 'node:test';
import { fromRows } from '../../src/math/matrix';
import { loss } from '../../src/model/loss';
import { mlpOf } from '../../src/model/mlp';

// one neuron, so the logits are [max(x, 0), 0]
const model = mlpOf([{ weight: fromRows([[1]]) }, { weight: fromRows([[1], [0]]) }]);
const batch = { inputs: fromRows([[-1], [Math.log(3)]]), labels: Int32Array.of(1, 0) };

test('loss is ln 2 for equal logits and ln(4/3) for odds of three to one', () => {
  const expected = Math.log(2) + Math.log(4 / 3);
  assert.ok(Math.abs(loss(model, batch, 'sum') - expected) < 1e-15);
  assert.ok(Math.abs(loss(model, batch) - expected / 2) < 1e-15);
});
