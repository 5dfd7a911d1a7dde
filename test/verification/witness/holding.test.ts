import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gradientNorm } from '../../../src/gradient/gradientDifference';
import { gradientJacobian } from '../../../src/gradient/gradientJacobian';
import { gradientState } from '../../../src/gradient/gradientState';
import { norm } from '../../../src/math/matrix';
import { mlp } from '../../../src/model/mlp';
import { localIdentifiability } from '../../../src/verification/identifiability/localIdentifiability';
import { holding } from '../../../src/verification/witness/holding';
import { randomBatch } from '../../support/random';

const model = mlp({ widths: [4, 6, 3], seed: 4, init: 'he' });
const batch = randomBatch(12, 4, 3, 5);
const local = localIdentifiability(model, batch);

test('holding draws null directions that leave the held entries alone, others for other seeds', () => {
  const held = [0, 5, 7];
  assert.ok(local.nullity > held.length);
  const draw = holding(local, held);
  const [first, second] = [draw?.(1), draw?.(2)];
  for (const d of [first, second]) {
    assert.ok(d && Math.abs(norm(d.data) - 1) < 1e-14);
    for (const k of held) assert.equal(d.data[k], 0);
    assert.ok(gradientNorm(gradientJacobian(model, gradientState(model, batch)).times({ inputs: d })) < 1e-9);
  }
  assert.notDeepEqual(first, second);
});
test('holding nothing is any null direction, holding too much is none', () => {
  assert.deepEqual(holding(local, [])?.(3), local.direction(3));
  assert.equal(
    holding(
      local,
      [...Array(48).keys()].filter((k) => k !== 9),
    ),
    undefined,
  );
});
