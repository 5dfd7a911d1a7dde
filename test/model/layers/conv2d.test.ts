import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows } from '../../../src/math/matrix';
import { float32, float64 } from '../../../src/model/arithmetic';
import { conv2d } from '../../../src/model/layers/conv2d';
import { addPatches, patchesInto } from '../../../src/model/layers/patches';
import { parts } from '../../../src/model/layers/sampleParts';
import type { Conv2dLayer } from '../../../src/types';

// Worked on paper: two channels of 2 x 3, one filter of 2 x 2, bias 10.
//   1 2 3     0 1 0     kernel  1 0   2 0
//   4 5 6     1 0 1             0 1   0 0
// left: 1 + 5 + 2 * 0 + 10 = 16, right: 2 + 6 + 2 * 1 + 10 = 20
const input = { channels: 2, height: 2, width: 3 };
const layer: Conv2dLayer = {
  kind: 'conv2d',
  input,
  kernel: 2,
  stride: 1,
  padding: 0,
  weight: fromRows([[1, 0, 0, 1, 2, 0, 0, 0]]),
  bias: Float64Array.of(10),
};
const x = fromRows([[1, 2, 3, 4, 5, 6, 0, 1, 0, 1, 0, 1]]);

for (const [name, arithmetic] of Object.entries({ float64, float32 }))
  test(`conv2d gives the values, deltas and gradient worked on paper, ${name}`, () => {
    const leaving = conv2d.forward(layer, x, arithmetic);
    assert.deepEqual([...leaving.data], [16, 20]);
    const delta = fromRows([[1, -1]]);
    const below = conv2d.backward(layer, delta, { entering: x, leaving }, arithmetic);
    assert.deepEqual([...below.data], [1, -1, 0, 0, 1, -1, 2, -2, 0, 0, 0, 0]);
    const gradient = conv2d.weightGradient?.(layer, delta, x, arithmetic);
    assert.deepEqual([...gradient!.weight.data], [-1, -1, -1, -1, -1, 1, 1, -1]); // left window minus right window
    assert.deepEqual([...gradient!.bias!], [0]);
  });
test('the patch matrix has zeros where the kernel hangs over the edge, and its adjoint drops them', () => {
  const geometry = { input: { channels: 1, height: 2, width: 2 }, kernel: 2, stride: 2, padding: 1 };
  const patches = new Float64Array(16).fill(7);
  patchesInto(geometry, Float64Array.of(1, 2, 3, 4), patches);
  assert.deepEqual([...patches], [0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0, 0]);
  const back = Float64Array.of(1, 1, 1, 1);
  addPatches(geometry, patches.fill(5), back, float64.round);
  assert.deepEqual([...back], [6, 6, 6, 6]);
});
test('conv2d does not depend on how the samples are split into parts', () => {
  const big: Conv2dLayer = {
    ...layer,
    input: { channels: 2, height: 300, width: 601 },
    stride: 1,
  };
  assert.deepEqual(parts(big, 3), [
    { first: 0, count: 1 },
    { first: 1, count: 1 },
    { first: 2, count: 1 },
  ]);
  const [H, W] = [300, 601];
  const inputs = fromRows([1, 2, 3].map((s) => Float64Array.from({ length: 2 * H * W }, (_, k) => ((s * k) % 7) - 3)));
  const leaving = conv2d.forward(big, inputs, float64);
  const gradient = conv2d.weightGradient!(big, leaving, inputs, float64);
  // the top left weight: sum over samples and positions of delta x
  let sum = 0;
  for (let m = 0; m < 3; m++)
    for (let r = 0; r < H - 1; r++)
      for (let c = 0; c < W - 1; c++)
        sum += leaving.data[(m * (H - 1) + r) * (W - 1) + c]! * inputs.data[m * 2 * H * W + r * W + c]!;
  assert.equal(gradient.weight.data[0], sum);
});
test('conv2d says which samples it takes', () => {
  assert.throws(() => conv2d.forward(layer, fromRows([[1, 2]]), float64), /features have 2 columns, expected 12/);
});
