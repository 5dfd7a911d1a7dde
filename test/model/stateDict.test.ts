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
    [/tensor weight, expected the weights and biases of modules, such as fc1\.weight/, { weight: w0, '2.weight': w2 }],
    [/0\.parametrizations.*remove_parametrizations/, { '0.parametrizations.weight.original0': w0, '2.weight': w2 }],
    [
      /0\.weight has shape \[3,4,1,1\].*looks like a convolution: give the modules/,
      { '0.weight': tensor(3, 4, 1, 1), '2.weight': w2 },
    ],
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
    [/0\.weight is I64, expected floats/, { '0.weight': { ...w0, dtype: 'I64' }, '2.weight': w2 }],
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
test('layersOf takes any names: by their numbers, and by the shapes where they have none', () => {
  const widthsOf = (tensors: Record<string, Tensor>): number[] => read(tensors).map(({ weight }) => weight.rows);
  const [w0, w1, w2] = [tensor(4, 5), tensor(3, 4), tensor(2, 3)];
  for (const names of [
    ['fc1', 'fc2', 'fc10'],
    ['module.0', 'module.2', 'module.4'],
    ['_orig_mod.module.l1', '_orig_mod.module.l2', '_orig_mod.module.l3'],
    ['model.encoder.0', 'model.encoder.2', 'model.classifier'], // in alphabetical order the classifier is first
    ['zuerst', 'dann', 'am_ende'],
  ]) {
    const [a, b, c] = names;
    assert.deepEqual(widthsOf({ [`${c}.weight`]: w2, [`${a}.weight`]: w0, [`${b}.weight`]: w1 }), [4, 3, 2], a);
  }
  // square layers: their numbers tell
  assert.equal(read({ 'h2.weight': tensor(3, 3), 'h1.weight': tensor(3, 3), 'out.weight': w2 })[2]?.weight.rows, 2);
});
test('layersOf refuses names and shapes that leave several orders', () => {
  const square = tensor(3, 3);
  assert.throws(
    () => read({ 'enc.weight': tensor(3, 4), 'mid.weight': square, 'dec.weight': square, 'out.weight': tensor(2, 3) }),
    /Linear layers dec, enc, mid, out, whose names and shapes leave several orders.*as architecture, each with its name/,
  );
});
