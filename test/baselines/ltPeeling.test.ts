import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ltPeeling } from '../../src/baselines/ltPeeling';
import { mnist } from '../../src/data/mnist';
import { captureGradient } from '../../src/gradient/captureGradient';
import { fromRows } from '../../src/math/matrix';
import { mlp, mlpOf } from '../../src/model/mlp';
import { assertWhole } from '../support/recovered';
import { uniformBatch } from '../support/uniformBatch';

const model = mlp({ widths: [784, 512, 10], seed: 1 });

test('ltPeeling of three neurons: the first sample alone on one, the second only beside it', async () => {
  // x = (1, 0) fires neurons 0 and 1, x = (0, 1) fires 1 and 2 and (1, 1) all; so 1 has degree three
  const net = mlpOf([
    {
      weight: fromRows([
        [2, -1],
        [1, 1],
        [-1, 2],
      ]),
      bias: Float64Array.of(0, 0, 0),
    },
    {
      weight: fromRows([
        [1, 2, 3],
        [3, -1, 1],
        [0, 1, -2],
      ]),
      bias: Float64Array.of(0, 0, 0),
    },
  ]);
  const batch = {
    inputs: fromRows([
      [1, 0],
      [0, 1],
    ]),
    labels: Int32Array.of(0, 2),
  };
  const found = await ltPeeling(net, captureGradient(net, batch), { size: 2 });
  assertWhole(found, batch);
  assert.deepEqual(found.told, ['batch size']);
});

for (const reduction of ['mean', 'sum'] as const)
  test(`ltPeeling reads 24 digits of which some have no row of their own, under ${reduction}`, async () => {
    const secret = (await mnist()).draw({ size: 24, seed: 1 });
    const found = await ltPeeling(model, captureGradient(model, secret, { reduction }));
    assertWhole(found, secret);
    assert.deepEqual(found.told, []);
    const rounds = Number(/in (\d+) rounds/.exec(found.reason)?.[1]);
    assert.ok(rounds > 1, found.reason);
  });

test('ltPeeling goes through several hidden layers', async () => {
  const deep = mlp({ widths: [20, 80, 40, 4], seed: 2, init: 'he' });
  const four = uniformBatch(4, 20, 4, 3);
  assertWhole(await ltPeeling(deep, captureGradient(deep, four)), four);
});

test('ltPeeling reads 16 digits from a gradient computed in float32', async () => {
  const secret = (await mnist()).draw({ size: 16, seed: 1 });
  const found = await ltPeeling(model, captureGradient(model, secret, { precision: 'float32' }));
  assertWhole(found, secret);
});

test('ltPeeling has nothing to say where every neuron fires for two samples', async () => {
  const net = mlpOf([
    {
      weight: fromRows([
        [1, 1],
        [2, 1],
      ]),
      bias: Float64Array.of(0, 0),
    },
    {
      weight: fromRows([
        [1, 2],
        [3, -1],
        [0, 1],
      ]),
      bias: Float64Array.of(0, 0, 0),
    },
  ]);
  const batch = {
    inputs: fromRows([
      [1, 0],
      [0, 1],
    ]),
    labels: Int32Array.of(0, 2),
  };
  const found = await ltPeeling(net, captureGradient(net, batch), { size: 2 });
  assert.deepEqual([found.inputs.rows, found.inputs.columns], [0, 2]);
  assert.match(found.reason, /no row belongs to one sample alone/);
});

test('ltPeeling refuses what it does not understand and stops at a signal', async () => {
  const bare = mlp({ widths: [20, 50, 4], biases: false });
  const four = uniformBatch(4, 20, 4, 3);
  await assert.rejects(ltPeeling(bare, captureGradient(bare, four)), /layer 0 has no biases/);
  const biased = mlp({ widths: [20, 50, 4] });
  await assert.rejects(ltPeeling(biased, captureGradient(biased, four), { size: 1.5 }), /size is 1.5/);
  const stopped = await ltPeeling(biased, captureGradient(biased, four), { signal: AbortSignal.abort() });
  assert.equal(stopped.ended, 'signal');
});
