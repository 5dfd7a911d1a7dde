import assert from 'node:assert/strict';
import { test } from 'node:test';
import { workspace } from '../../../src/math/wasm/instance';

/** A kernel of 2 rows, runs of 8 numbers, planes of 10 numbers a row; four weights; the patch begins at the plane's second number. */
function quad() {
  const space = workspace();
  space.reserve(4 * 200);
  const [f32, i32] = [space.f32(0, 200), space.i32(0, 200)];
  const [plane, weights, outputs] = [16, 48, 120] as const;
  for (let k = 0; k < 20; k++) f32[plane + k] = k;
  for (let i = 0; i < 4; i++) f32[weights + 16 * i + i] = 1; // weight i takes number i of the first row …
  f32[weights + 16 * 3 + 8] = 2; // … and the last one twice number 0 of the second row, too
  i32.set([
    4 * (plane + 1),
    ...[0, 1, 2, 3].map((i) => 4 * (weights + 16 * i)),
    ...[0, 1, 2, 3].map((i) => 4 * (3 * i)),
  ]);
  return { space, f32, plane, outputs, jump: 4 * (10 - 8) };
}

test('patchDots gives weight times patch, each at its own place', () => {
  const { space, f32, outputs, jump } = quad();
  space.kernels.patchDots(0, 1, 2, 1, jump, 0, 4 * outputs);
  assert.deepEqual([...f32.subarray(outputs, outputs + 10)], [1, 0, 0, 2, 0, 0, 3, 0, 0, 4 + 2 * 11]);
});

test('patchSpread adds each weight, times its output, to the patch', () => {
  const { space, f32, plane, outputs, jump } = quad();
  f32.fill(0, plane, plane + 20);
  f32[plane + 2] = 100;
  [5, 6, 7, 8].forEach((delta, i) => {
    f32[outputs + 3 * i] = delta;
  });
  space.kernels.patchSpread(0, 1, 2, 1, jump, 0, 4 * outputs);
  const expected = [0, 5, 106, 7, 8, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0];
  assert.deepEqual([...f32.subarray(plane, plane + 20)], expected);
});
