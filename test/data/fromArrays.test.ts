import assert from 'node:assert/strict';
import test from 'node:test';
import { Matrix } from 'ml-matrix';
import { fromArrays } from '../../src/data/fromArrays';

test('fromArrays takes rows, typed rows, an ml-matrix Matrix and a dense matrix alike, and copies them', () => {
  const rows = [
    [1, 2],
    [3, 4],
  ];
  const dense = { rows: 2, columns: 2, data: Float64Array.of(1, 2, 3, 4) };
  for (const inputs of [rows, rows.map((row) => Float32Array.from(row)), new Matrix(rows), dense])
    assert.deepEqual([...fromArrays(inputs, [0, 1]).inputs.data], [1, 2, 3, 4]);
  const set = fromArrays(dense, Uint8Array.of(0, 4), {
    name: 'mine',
    classes: 6,
    image: { height: 1, width: 2, channels: 1 },
  });
  dense.data[0] = 9;
  assert.deepEqual([set.inputs.data[0], set.name, set.classes, set.image?.width], [1, 'mine', 6, 2]);
  assert.equal(set.draw({ size: 1, seed: 3 }).inputs.columns, 2);
});
test('fromArrays names what does not fit', () => {
  for (const [inputs, labels, message] of [
    [[], [], /inputs have no entries/],
    [[[1, 2], [3]], [0, 1], /sample 1 has 1 entries, expected 2/],
    [[[1, Number.NaN]], [0], /sample 0 holds NaN at 1/],
    [[[1, 2]], [-1], /label 0 is -1, expected an integer >= 0/],
    [[[1, 2]], [0, 1], /2 labels for 1 samples/],
    [{ rows: 2, columns: 2, data: new Float64Array(3) }, [0, 1], /inputs are no rows of numbers/],
  ] as const)
    assert.throws(() => fromArrays(inputs, labels), { name: 'InputError', message });
});
