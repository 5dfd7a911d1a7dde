import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { readSafetensors, type Tensor, writeSafetensors } from '../../src/data/safetensors';
import { readGradient } from '../../src/gradient/gradientFile';
import { convNet } from '../../src/model/convNet';
import { readConvNet, writeConvNet } from '../../src/model/convNetFile';
import { convNetOf } from '../../src/model/convNetOf';
import { mlp, mlpOf } from '../../src/model/mlp';
import { replaced } from '../support/closeness';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const net = convNet({
  input: { channels: 2, height: 8, width: 8 },
  plan: [3, 'maxPool', { filters: 4, kernel: 2, stride: 2, padding: 0 }, 'averagePool'],
  head: [5],
  classes: 3,
});
// Conv2d ReLU MaxPool2d Conv2d ReLU AvgPool2d Flatten Linear ReLU Linear
writeConvNet(at('m'), at('a'), net);
const layers = JSON.parse(readFileSync(at('a'), 'utf8')).layers as object[];
const put = (k: number, ...instead: unknown[]) => layers.flatMap((layer, i) => (i === k ? instead : [layer]));

test('what writeConvNet wrote, readConvNet reads; F32 rounds every weight', () => {
  assert.deepEqual(readConvNet(at('m'), at('a')), net);
  assert.deepEqual(readSafetensors('test', at('m')).get('0.weight')?.shape, [3, 2, 3, 3]);
  writeConvNet(at('m32'), at('a'), net, { dtype: 'F32' });
  assert.deepEqual(
    readConvNet(at('m32'), at('a')).head.dense[1]?.weight.data,
    net.head.dense[1]?.weight.data.map(Math.fround),
  );
});
test('readConvNet takes the defaults of PyTorch where the architecture is silent, and leaves Dropout out', () => {
  const short = [
    { type: 'Conv2d', padding: 1 },
    { type: 'ReLU' },
    { type: 'MaxPool2d', kernel: 2 },
    { type: 'Conv2d', stride: 2 },
    { type: 'ReLU' },
    { type: 'AvgPool2d', kernel: 2 },
    { type: 'Flatten' },
    ...layers.slice(7),
  ];
  writeFileSync(at('short'), JSON.stringify({ input: [2, 8, 8], layers: short }));
  assert.deepEqual(readConvNet(at('m'), at('short')), net);
  const tensors = new Map([...readSafetensors('test', at('m'))].map(([name, t]) => [name.replace(/^9/, '10'), t]));
  writeSafetensors(at('dropped'), tensors);
  writeFileSync(at('dropout'), JSON.stringify({ input: [2, 8, 8], layers: put(9, { type: 'Dropout' }, layers[9]) }));
  assert.deepEqual(readConvNet(at('dropped'), at('dropout')), net);
});
test('hidden layers of the head may be LeakyReLU and ReLU6, and no planes may stand before the head', () => {
  const read = (activation: object) => {
    writeFileSync(at('head'), JSON.stringify({ input: [2, 8, 8], layers: put(8, activation) }));
    return readConvNet(at('m'), at('head'));
  };
  assert.deepEqual(read({ type: 'LeakyReLU', slope: 0.2 }).head.activations, [{ kind: 'leakyRelu', slope: 0.2 }]);
  const six = read({ type: 'ReLU6' });
  assert.deepEqual(six.layers[7], { kind: 'relu6' });
  writeConvNet(at('six'), at('sixes'), six);
  assert.deepEqual(readConvNet(at('six'), at('sixes')), six);
  const own = Float64Array.of(0, 0.1, 0.2, 0.3, 0.4);
  const prelu = convNetOf(net.input, net.stack, mlpOf(net.head.dense, { kind: 'prelu', slopes: own }));
  writeConvNet(at('prelu'), at('prelus'), prelu);
  assert.deepEqual(readConvNet(at('prelu'), at('prelus')), prelu);
  // PyTorch's PReLU has one slope for all neurons by default; a gradient may hold that of the slopes, which is not used
  const tensors = readSafetensors('test', at('prelu'));
  writeSafetensors(
    at('one'),
    new Map([...tensors, ['8.weight', { dtype: 'F64', shape: [1], data: Float64Array.of(0.25) }]]),
  );
  const [one] = readConvNet(at('one'), at('prelus')).head.activations;
  assert.deepEqual(one, { kind: 'prelu', slopes: new Float64Array(5).fill(0.25) });
  writeSafetensors(
    at('two'),
    new Map([...tensors, ['8.weight', { dtype: 'F64', shape: [2], data: new Float64Array(2) }]]),
  );
  assert.throws(() => readConvNet(at('two'), at('prelus')), /8.weight has shape \[2\], expected \[1\] or \[5\]/);
  writeSafetensors(
    at('slopes'),
    new Map([...tensors, ['8.weight', { dtype: 'F64', shape: [1], data: Float64Array.of(-3) }]]),
  );
  assert.deepEqual(readGradient(at('slopes'), { architecture: at('prelus') }).gradients.length, 4);
  assert.throws(() => readConvNet(at('slopes'), at('prelus')), /slope 0 is -3, expected at least 0/);
  const leaky = mlp({ widths: [128, 5, 3], activation: { kind: 'leakyRelu', slope: 0.1 } });
  const plain = convNetOf({ channels: 2, height: 8, width: 8 }, [], leaky);
  writeConvNet(at('plain'), at('flat'), plain);
  assert.deepEqual(readConvNet(at('plain'), at('flat')), plain);
});
test('AdaptiveAvgPool2d is the average pooling that does the same, or nothing; LeakyReLU of slope 0 is a ReLU', () => {
  const read = (list: unknown[]) => {
    writeFileSync(at('other'), JSON.stringify({ input: [2, 8, 8], layers: list }));
    return readConvNet(at('m'), at('other'));
  };
  assert.deepEqual(read(put(5, { type: 'AdaptiveAvgPool2d', output: 1 })), net);
  assert.deepEqual(read(put(4, { type: 'LeakyReLU', slope: 0 })), net);
  const same = put(4, layers[4], { type: 'AdaptiveAvgPool2d', output: 2 });
  const tensors = new Map(
    [...readSafetensors('test', at('m'))].map(([n, t]) => [n.replace(/^[79]/, (k) => `${Number(k) + 1}`), t]),
  );
  writeSafetensors(at('later'), tensors);
  writeFileSync(at('other'), JSON.stringify({ input: [2, 8, 8], layers: same }));
  assert.deepEqual(readConvNet(at('later'), at('other')), net);
});
test('a ReLU between Flatten and Linear counts to the planes', () => {
  const moved = [...layers.slice(0, 4), layers[5], layers[6], layers[4], ...layers.slice(7)]; // the tensors keep their numbers
  writeFileSync(at('moved'), JSON.stringify({ input: [2, 8, 8], layers: moved }));
  assert.deepEqual(
    readConvNet(at('m'), at('moved')).layers.map(({ kind }) => kind),
    ['conv2d', 'relu', 'maxPool', 'conv2d', 'averagePool', 'relu', 'dense', 'relu', 'dense'],
  );
});
test('readConvNet names the layer, type, key or order that it does not understand', () => {
  const cases: [RegExp, unknown][] = [
    [/is null, expected an object with input, layers/, null],
    [/has the key "inputs", expected input, layers/, { inputs: [2, 8, 8], layers }],
    [/input is \[2,8\], expected channels, height and width/, { input: [2, 8], layers }],
    [/input is undefined/, { layers }],
    [/layers is undefined, expected a list/, { input: [2, 8, 8] }],
  ];
  const wrongLayers: [RegExp, unknown[]][] = [
    [/layer 1 has type "Tanh", expected one of Conv2d, MaxPool2d/, put(1, { type: 'Tanh' })],
    [/layer 1 has type undefined/, put(1, null)],
    [/layer 1 has type "constructor"/, put(1, { type: 'constructor' })],
    [
      /layer 2 is BatchNorm2d behind ReLU, expected it right behind a Conv2d, into which it is folded/,
      put(2, { type: 'BatchNorm2d' }),
    ],
    [/layer 0 is BatchNorm2d behind nothing/, put(0, { type: 'BatchNorm2d' }, layers[0])],
    [/layer 2 is BatchNorm2d behind BatchNorm2d/, put(1, { type: 'BatchNorm2d' }, { type: 'BatchNorm2d' })],
    [/layer 7 is BatchNorm1d behind Flatten, expected it right behind a Linear/, put(7, { type: 'BatchNorm1d' })],
    [/layer 1 is BatchNorm1d, expected one of Conv2d, BatchNorm2d, .* before Flatten/, put(1, { type: 'BatchNorm1d' })],
    [
      /layer 1 \(BatchNorm2d\): eps is -1, expected a number >= 0 and below 1/,
      put(1, { type: 'BatchNorm2d', eps: -1 }),
    ],
    [/layer 1 \(LeakyReLU\): slope is "a", expected a number/, put(1, { type: 'LeakyReLU', slope: 'a' })],
    [/layer 1 \(LeakyReLU\): slope is 1, expected a number >= 0 and below 1/, put(1, { type: 'LeakyReLU', slope: 1 })],
    [
      /layer 1 \(LeakyReLU\) has the key "negative_slope", expected type, name, slope/,
      put(1, { type: 'LeakyReLU', negative_slope: 1 }),
    ],
    [/layer 1 \(ReLU6\) has the key "max"/, put(1, { type: 'ReLU6', max: 6 })],
    [
      /layer 8 is Sigmoid, expected ReLU, LeakyReLU, PReLU, ReLU6: .*; no neuron of sigmoid is ever off/,
      put(8, { type: 'Sigmoid' }),
    ],
    [/layer 7 is PReLU before the first Linear/, put(7, { type: 'PReLU' }, layers[7])],
    [/layer 1 is PReLU, expected one of Conv2d.* before Flatten/, put(1, { type: 'PReLU' })],
    [/layer 8 has type "GELU", expected one of .*; no neuron of gelu is ever off.*baselines/, put(8, { type: 'GELU' })],
    [
      /layer 5 \(AdaptiveAvgPool2d\): planes of 2 x 2 have no 3 x 3 square windows/,
      put(5, { type: 'AdaptiveAvgPool2d', output: 3 }),
    ],
    [
      /layer 5 \(AdaptiveAvgPool2d\): output is undefined, expected one integer >= 1/,
      put(5, { type: 'AdaptiveAvgPool2d' }),
    ],
    [
      /layer 0 \(Conv2d\) has the key "dilation", expected type, name, stride, padding/,
      put(0, { type: 'Conv2d', dilation: 2 }),
    ],
    [/layer 1 \(ReLU\) has the key "inplace"/, put(1, { type: 'ReLU', inplace: true })],
    [/layer 0 \(Conv2d\): padding is "same", expected one integer >= 0/, put(0, { type: 'Conv2d', padding: 'same' })],
    [/layer 0 \(Conv2d\): stride is 0, expected one integer >= 1/, put(0, { type: 'Conv2d', stride: 0 })],
    [/layer 2 \(MaxPool2d\): kernel is undefined, expected one integer >= 1/, put(2, { type: 'MaxPool2d' })],
    [/layer 2 \(MaxPool2d\): kernel is \[2,2\]/, put(2, { type: 'MaxPool2d', kernel: [2, 2] })],
    [/layer 2 \(MaxPool2d\) gets planes of 8 x 8, which are too small/, put(2, { type: 'MaxPool2d', kernel: 9 })],
    [/has no Flatten/, put(6)],
    [/layer 7 is Flatten, expected one of Linear, .*, Dropout behind Flatten/, put(6, layers[6], layers[6])],
    [/layer 5 is Linear, expected one of .* before Flatten/, put(5, { type: 'Linear' })],
    [/layer 8 is Linear, expected ReLU, LeakyReLU, PReLU, ReLU6: Linear layers and activations take turns/, put(8)],
    [/layer 9 is ReLU, expected Linear: Linear layers and activations take turns/, put(9, { type: 'ReLU' })],
    [/layer 8 is ReLU, expected a Linear layer as the last/, put(9)],
    [/has no Linear layer behind Flatten/, layers.slice(0, 7)],
  ];
  for (const [message, value] of [
    ...cases,
    ...wrongLayers.map(([message, list]) => [message, { input: [2, 8, 8], layers: list }] as const),
  ]) {
    writeFileSync(at('wrong'), JSON.stringify(value));
    assert.throws(() => readConvNet(at('m'), at('wrong')), { name: 'InputError', message });
  }
  writeFileSync(at('wrong'), '{ "input": [2, 8, 8]');
  assert.throws(() => readConvNet(at('m'), at('wrong')), /readConvNet: .*wrong is not JSON/);
  writeFileSync(at('wrong'), '{ "input": [2, 8, 8], "layers": [], "layers": [] }');
  assert.throws(() => readConvNet(at('m'), at('wrong')), /has the key layers twice/);
  assert.throws(() => readConvNet(at('m'), at('absent')), /absent cannot be read/);
});
test('readConvNet names the tensor that is missing, misshapen, not finite or of no layer', () => {
  const tensors = readSafetensors('test', at('m'));
  const weight = tensors.get('0.weight') as Tensor;
  const cases: [RegExp, Record<string, Tensor | undefined>][] = [
    [/0\.weight is missing/, { '0.weight': undefined }],
    [/7\.weight is missing/, { '7.weight': undefined }],
    [/tensor 1\.weight, but layer 1 of the architecture is ReLU/, { '1.weight': weight }],
    [/tensor 12\.bias, but layer 12 of the architecture is not there/, { '12.bias': weight }],
    [/tensor 0\.weight_v, expected the weights and biases of modules/, { '0.weight_v': weight }],
    [/0\.weight has shape \[3,18\], expected \[out, 2, k, k\]/, { '0.weight': { ...weight, shape: [3, 18] } }],
    [/0\.weight has shape \[2,3,3,3\], expected \[out, 2, k, k\]/, { '0.weight': { ...weight, shape: [2, 3, 3, 3] } }],
    [/0\.weight has shape \[3,2,1,9\], expected \[out, 2, k, k\]/, { '0.weight': { ...weight, shape: [3, 2, 1, 9] } }],
    [/0\.bias has shape \[4\], expected \[3\]/, { '0.bias': tensors.get('3.bias') }],
    [/7\.weight has shape \[3,5\], expected \[out, 4\]/, { '7.weight': tensors.get('9.weight') }],
    [/some Linear layers have a bias and some have none/, { '9.bias': undefined }],
    [
      /0\.weight holds NaN at index 1, 0, 2, 1,/,
      { '0.weight': { ...weight, data: replaced(weight.data, 25, Number.NaN) } },
    ],
  ];
  for (const [message, changed] of cases) {
    const wrong = Object.entries({ ...Object.fromEntries(tensors), ...changed });
    writeSafetensors(at('wrong'), new Map(wrong.flatMap(([name, t]) => (t ? [[name, t]] : []))));
    assert.throws(() => readConvNet(at('wrong'), at('a')), { name: 'InputError', message });
  }
  const one = convNet({ input: { channels: 1, height: 2, width: 2 }, plan: [1], classes: 2 });
  writeConvNet(at('one'), at('b'), one);
  const few = readSafetensors('test', at('one'));
  const cut = (name: string, shape: number[]): Tensor => ({
    dtype: 'F64',
    shape,
    data: few.get(name)!.data.slice(0, shape.at(-1)),
  });
  writeSafetensors(at('one'), new Map([...few, ['3.weight', cut('3.weight', [1, 4])], ['3.bias', cut('3.bias', [1])]]));
  assert.throws(() => readConvNet(at('one'), at('b')), /has 1 class, expected at least 2/);
});
