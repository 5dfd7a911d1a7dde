import assert from 'node:assert/strict';
import test from 'node:test';
import type { Tensor } from '../../src/data/safetensors';
import { mlp } from '../../src/model/mlp';
import { layersOf, stateDictOf } from '../../src/model/stateDict';
import { replaced } from '../support/closeness';

function tensor(...shape: number[]): Tensor {
  const size = shape.reduce((product, d) => product * d, 1);
  return { dtype: 'F64', shape, data: Float64Array.from({ length: size }, (_, k) => k) };
}
const read = (tensors: Record<string, Tensor>) => layersOf('f', new Map(Object.entries(tensors)));

test('layersOf undoes stateDictOf, with and without biases', () => {
  for (const biases of [true, false]) {
    const { dense } = mlp({ widths: [4, 3, 5, 2], biases });
    const dict = stateDictOf(dense, 'F64');
    assert.deepEqual(
      [...dict.keys()].filter((name) => name.endsWith('weight')),
      ['0.weight', '2.weight', '4.weight'],
    );
    assert.deepEqual(
      layersOf('f', dict),
      dense.map(({ weight, bias }) => ({ weight, ...(bias && { bias }) })),
    );
  }
});
test('layersOf takes any module indices and orders them as numbers', () => {
  const layers = read({ '10.weight': tensor(2, 3), '9.weight': tensor(3, 4), '1.weight': tensor(4, 5) });
  assert.deepEqual(
    layers.map(({ weight }) => weight.rows),
    [4, 3, 2],
  );
});
test('layersOf names what is missing, misnamed or misshapen', () => {
  const w0 = tensor(3, 4);
  const w2 = tensor(2, 3);
  const cases: [RegExp, Record<string, Tensor>][] = [
    [/0 Linear layers/, {}],
    [/1 Linear layers, expected at least 2/, { '0.weight': w0 }],
    [/2\.weight is missing/, { '0.weight': w0, '0.bias': tensor(3), '2.bias': tensor(2) }],
    [
      /2\.bias is missing, expected biases for all layers or for none/,
      { '0.weight': w0, '0.bias': tensor(3), '2.weight': w2 },
    ],
    [/2\.bias is there, expected biases for all/, { '0.weight': w0, '2.weight': w2, '2.bias': tensor(2) }],
    [/tensor fc1\.weight, expected nn\.Sequential's names/, { 'fc1.weight': w0, '2.weight': w2 }],
    [/tensor 00\.weight/, { '00.weight': w0, '2.weight': w2 }],
    [/0\.weight has shape \[12\]/, { '0.weight': tensor(12), '2.weight': w2 }],
    [/0\.weight has shape \[0,4\]/, { '0.weight': tensor(0, 4), '2.weight': w2 }],
    [
      /0\.bias has shape \[5\], expected \[3\]$/,
      { '0.weight': w0, '0.bias': tensor(5), '2.weight': w2, '2.bias': tensor(2) },
    ],
    [
      /2\.weight is 2 x 7, expected 3 columns \(the rows of the layer below\)$/,
      { '0.weight': w0, '2.weight': tensor(2, 7) },
    ],
    [/0\.weight is I64, expected F32 or F64/, { '0.weight': { ...w0, dtype: 'I64' }, '2.weight': w2 }],
  ];
  for (const [message, tensors] of cases) assert.throws(() => read(tensors), { name: 'InputError', message });
});
test('layersOf says when weights look transposed', () => {
  const transposed = /looks transposed, expected out x in/;
  assert.throws(
    () => read({ '0.weight': tensor(4, 3), '0.bias': tensor(3), '2.weight': tensor(3, 2), '2.bias': tensor(2) }),
    transposed,
  );
  assert.throws(() => read({ '0.weight': tensor(4, 3), '2.weight': tensor(3, 2) }), transposed);
  assert.throws(() => read({ '0.weight': tensor(3, 4), '2.weight': tensor(3, 2) }), transposed);
});
test('layersOf names tensor and index of NaN and infinity', () => {
  const nan = { ...tensor(3, 4), data: replaced(tensor(3, 4).data, 6, Number.NaN) };
  assert.throws(() => read({ '0.weight': nan, '2.weight': tensor(2, 3) }), /0\.weight holds NaN at index 1, 2/);
  const infinite = { ...tensor(2), data: Float64Array.of(0, Number.NEGATIVE_INFINITY) };
  assert.throws(
    () => read({ '0.weight': tensor(3, 4), '0.bias': tensor(3), '2.weight': tensor(2, 3), '2.bias': infinite }),
    /2\.bias holds -Infinity at index 1/,
  );
});
