import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../../src/math/matrix';
import { convNet } from '../../src/model/convNet';
import { descend } from '../../src/model/descend';
import { weightedLayers } from '../../src/model/layers';
import { mlpOf } from '../../src/model/mlp';

const head = { weight: fromRows([[3], [4]]), bias: Float64Array.of(5, 6) };

test('descend by hand: W - rate G and b - rate g, the given network left as it is', () => {
  const model = mlpOf([{ weight: fromRows([[1, 2]]), bias: Float64Array.of(-1) }, head]);
  const moved = descend(model, [{ weight: fromRows([[10, -10]]), bias: Float64Array.of(2) }, head], 0.5);
  assert.deepEqual([...(moved.dense[0]?.weight.data ?? [])], [-4, 7]);
  assert.deepEqual([...(moved.dense[0]?.bias ?? [])], [-2]);
  assert.deepEqual([...(moved.dense[1]?.weight.data ?? []), ...(moved.dense[1]?.bias ?? [])], [1.5, 2, 2.5, 3]);
  assert.deepEqual([...(model.dense[0]?.weight.data ?? [])], [1, 2]);
});
test('descend leaves a network without biases without them', () => {
  const bare = mlpOf([{ weight: fromRows([[1, 2]]) }, { weight: head.weight }]);
  const moved = descend(bare, [{ weight: fromRows([[1, 1]]) }, { weight: head.weight }], 1);
  assert.deepEqual(
    moved.dense.map(({ weight, bias }) => [[...weight.data], bias]),
    [
      [[0, 1], undefined],
      [[0, 0], undefined],
    ],
  );
});
test('descend of a convolutional network: kernels move as weights do, layer by layer, and the given one stays', () => {
  const model = convNet({
    input: { channels: 1, height: 4, width: 4 },
    plan: [3, 'maxPool'],
    head: [5],
    classes: 2,
    seed: 1,
  });
  const before = weightedLayers(model).map(({ weight }) => weight.data.slice());
  const moved = descend(model, weightedLayers(model), 0.25); // along themselves: three quarters are left
  assert.deepEqual([moved.input, moved.head.widths], [model.input, model.head.widths]);
  for (const [i, { weight, bias }] of weightedLayers(moved).entries()) {
    assert.deepEqual(
      [...weight.data],
      [...(before[i] as Float64Array)].map((v) => v - 0.25 * v),
    );
    assert.equal(bias?.length, weight.rows);
    assert.deepEqual(weightedLayers(model)[i]?.weight.data, before[i]);
  }
});
