import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atSide } from '../../src/data/atSide';
import { dataset } from '../../src/data/dataset';
import { matrix } from '../../src/math/matrix';

/** One picture of 2 x 2 pixels with two channels, last. */
const small = dataset({
  name: 'small',
  classes: 2,
  inputs: matrix(1, 8, Float64Array.of(1, 10, 2, 20, 3, 30, 4, 40)),
  labels: Int32Array.of(1),
  image: { height: 2, width: 2, channels: 2 },
});

test('atSide puts a frame of zeros around pictures that are too small', () => {
  const { inputs, image, labels } = atSide(small, 4);
  assert.deepEqual([image?.height, image?.width, [...labels]], [4, 4, [1]]);
  const first = [...inputs.data].filter((_, k) => k % 2 === 0);
  assert.deepEqual(first, [0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0]);
  assert.deepEqual(
    [...inputs.data].filter((_, k) => k % 2 === 1),
    first.map((v) => 10 * v),
  );
});
test('atSide averages blocks of pictures that are too large, and framing then averaging is the pixels over four', () => {
  assert.deepEqual([...atSide(small, 1).inputs.data], [2.5, 25]);
  assert.deepEqual([...atSide(atSide(small, 4), 2).inputs.data], [...small.inputs.data.map((v) => v / 4)]);
  assert.equal(atSide(small, 2), small);
});
test('atSide refuses sides that would need interpolation, and sets without square pictures', () => {
  const side = /atSide: side is (3\.5|0), expected at least 2 or an integer part of it/;
  assert.throws(() => atSide(small, 3.5), side);
  assert.throws(() => atSide(small, 0), side);
  const { image: _, ...bare } = small;
  assert.throws(() => atSide(bare, 2), /atSide: small has no square pictures/);
});
