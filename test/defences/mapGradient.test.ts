import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapGradient, zeroRows } from '../../src/defences/mapGradient';
import { fromRows } from '../../src/math/matrix';
import type { AveragedGradient } from '../../src/types';

const gradient: AveragedGradient = {
  gradients: [
    {
      weight: fromRows([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      bias: Float64Array.of(7, 8),
    },
    { weight: fromRows([[9, 10]]) },
  ],
  reduction: 'sum',
  precision: 'float32',
};
const values = ({ gradients }: AveragedGradient) =>
  gradients.map(({ weight, bias }) => [[...weight.data], bias ? [...bias] : undefined]);

test('mapGradient hands over each array with its layer and part, and keeps what the gradient says of itself', () => {
  const seen: string[] = [];
  const mapped = mapGradient(gradient, (array, layer, part) => {
    seen.push(`${layer} ${part} ${array.length}`);
    return array.map((v) => -v);
  });
  assert.deepEqual(seen, ['0 weight 6', '0 bias 2', '1 weight 2']);
  assert.deepEqual(values(mapped), [
    [
      [-1, -2, -3, -4, -5, -6],
      [-7, -8],
    ],
    [[-9, -10], undefined],
  ]);
  assert.deepEqual([mapped.reduction, mapped.precision], ['sum', 'float32']);
});
test('zeroRows silences a neuron of one layer, weights and bias, and no other', () => {
  const before = structuredClone(gradient);
  assert.deepEqual(values(zeroRows(gradient, 0, [1])), [
    [
      [1, 2, 3, 0, 0, 0],
      [7, 0],
    ],
    [[9, 10], undefined],
  ]);
  assert.deepEqual(gradient, before);
  assert.equal(zeroRows(gradient, 0, []), gradient);
});
