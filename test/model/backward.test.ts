import assert from 'node:assert/strict';
import test from 'node:test';
import { gaussian } from '../../src/data/synthetic';
import { fromRows, row } from '../../src/math/matrix';
import { backward, deltaBelow, lossVectors } from '../../src/model/backward';
import { forward } from '../../src/model/forward';
import { mlp } from '../../src/model/mlp';

test('lossVectors are p - e_y: [-1/2, 1/2] for equal logits and label 0', () => {
  assert.deepEqual(
    [
      ...lossVectors(
        fromRows([
          [0, 0],
          [7, 7],
        ]),
        Int32Array.of(0, 1),
      ).data,
    ],
    [-0.5, 0.5, 0.5, -0.5],
  );
});
test('lossVectors keep their size where 1 - p would round to zero', () => {
  const [own, other] = lossVectors(fromRows([[50, 0]]), Int32Array.of(0)).data;
  assert.ok(Math.abs((other as number) / Math.exp(-50) - 1) < 1e-12);
  assert.equal(own, -(other as number));
});
test('deltaBelow is Wᵀ delta where the neuron fires and 0 elsewhere, also at exactly 0', () => {
  const below = deltaBelow(
    {
      weight: fromRows([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    },
    fromRows([[1, 10]]),
    fromRows([[5, 0, 0.1]]),
    { kind: 'relu' },
  );
  assert.deepEqual([...below.data], [41, 0, 63]);
});
test('deltaBelow takes the slope of a leaky ReLU where its value is not positive, and 0 at both ends of ReLU6', () => {
  const above = { weight: fromRows([[1, 2, 3]]) };
  const delta = fromRows([[10]]);
  const leaky = deltaBelow(above, delta, fromRows([[0.1, 0, -5]]), { kind: 'leakyRelu', slope: 0.25 });
  assert.deepEqual([...leaky.data], [10, 5, 7.5]);
  const six = deltaBelow(above, delta, fromRows([[0, 5, 6]]), { kind: 'relu6' });
  assert.deepEqual([...six.data], [0, 20, 0]);
});
test('backward stops at the lowest layer asked for', () => {
  const model = mlp({ widths: [4, 5, 6, 3], seed: 1 });
  const batch = gaussian({ size: 2, dimension: 4, classes: 3 });
  const deltas = backward(model, forward(model, batch.inputs), batch.labels, { lowest: 1 });
  assert.deepEqual([deltas[0], deltas[1]?.columns, deltas[2]?.columns], [undefined, 6, 3]);
  assert.ok(Math.abs(row(deltas[2] as NonNullable<(typeof deltas)[2]>, 0).reduce((sum, g) => sum + g, 0)) < 1e-15);
});
