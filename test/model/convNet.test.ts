import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConvNetOptions, convNet } from '../../src/model/convNet';
import type { ConvInitialiser } from '../../src/model/initialiseConv';
import { hasWeights, weightedLayers } from '../../src/model/layers';
import { outputShape } from '../../src/model/layers/planes';
import { dlgLenet, lenet, vgg13 } from '../../src/model/victims';

const input = { channels: 3, height: 8, width: 8 };
const deviation = (x: Float64Array): number => Math.sqrt(x.reduce((s, v) => s + v * v, 0) / x.length);

test('convNet puts a ReLU behind each convolution and halves at each pooling', () => {
  const net = convNet({ input, plan: [4, 'maxPool', { filters: 5, kernel: 5, stride: 2 }, 'averagePool'], head: [7] });
  assert.deepEqual(
    net.layers.map(({ kind }) => kind),
    ['conv2d', 'relu', 'maxPool', 'conv2d', 'relu', 'averagePool', 'dense', 'relu', 'dense'],
  );
  const shapes = net.stack.flatMap((layer) => ('input' in layer ? [Object.values(outputShape(layer))] : []));
  assert.deepEqual(shapes, [
    [4, 8, 8],
    [4, 4, 4],
    [5, 2, 2],
    [5, 1, 1],
  ]);
  assert.deepEqual(net.head.widths, [5, 7, 10]);
});
test('convNet spreads its weights as the initialiser says', () => {
  const build = (init: ConvInitialiser) => {
    const net = convNet({ input, plan: [200], head: [50], init, seed: 3 });
    return weightedLayers(net).map(({ weight, bias }) => ({ weight: deviation(weight.data), bias: deviation(bias!) }));
  };
  const near = (value: number, expected: number): void =>
    assert.ok(Math.abs(value / expected - 1) < 0.1, `${value}, expected ${expected}`);
  const [fanOut, uniform] = [Math.sqrt(2 / (200 * 9)), (fanIn: number) => Math.sqrt(1 / (3 * fanIn))];
  const [visionKernels, visionLinear] = build('torchvision');
  near(visionKernels!.weight, fanOut);
  near(visionLinear!.weight, 0.01);
  assert.deepEqual([visionKernels!.bias, visionLinear!.bias], [0, 0]);
  const [heKernels, heLinear] = build('he');
  near(heKernels!.weight, fanOut);
  assert.equal(heKernels!.bias, 0);
  near(heLinear!.weight, uniform(200 * 64));
  const [kernels, linear] = build('pytorch');
  near(kernels!.weight, uniform(27));
  near(kernels!.bias, uniform(27));
  near(linear!.weight, uniform(200 * 64));
});
test('convNet gives other weights for another seed, and the same for the same', () => {
  const build = (seed: number) => weightedLayers(convNet({ input, plan: [2], seed })).map(({ weight }) => weight.data);
  assert.deepEqual(build(1), build(1));
  assert.notDeepEqual(build(1), build(2));
});
test('convNet names the option or step that is not possible', () => {
  const cases: [RegExp, Partial<Record<keyof ConvNetOptions, unknown>>][] = [
    [/init is xavier, expected one of torchvision, he, pytorch/, { init: 'xavier' }],
    [/seed is 0\.5/, { seed: 0.5 }],
    [/classes is 1, expected an integer of at least 2/, { classes: 1 }],
    [/head is \[0\]/, { head: [0] }],
    [/plan is \[\]/, { plan: [] }],
    [/step 1: filters is NaN/, { plan: [2, Number.NaN] }],
    [/step 0: filters is undefined, expected a positive integer, 'maxPool'/, { plan: ['M'] }],
    [/step 0: kernel is 0/, { plan: [{ filters: 1, kernel: 0 }] }],
    [/step 0: stride is -1/, { plan: [{ filters: 1, stride: -1 }] }],
    [/step 0: padding is 0\.5/, { plan: [{ filters: 1, padding: 0.5 }] }],
    [/step 3 gets planes of 1 x 1, which are too small/, { plan: Array(4).fill('maxPool') }],
    [/input is 3 x 8 x 0/, { input: { ...input, width: 0 } }],
  ];
  for (const [message, wrong] of cases)
    assert.throws(() => convNet({ input, plan: [2], ...wrong } as ConvNetOptions), { name: 'InputError', message });
});
test('vgg13 has ten convolutions and two linear layers, in the shapes of its paper', () => {
  const net = vgg13({ side: 64, classes: 7, head: [16] });
  assert.deepEqual(
    weightedLayers(net).map(({ weight: { rows, columns } }) => [rows, columns / (rows === 16 || rows === 7 ? 1 : 9)]),
    [
      [64, 3],
      [64, 64],
      [128, 64],
      [128, 128],
      [256, 128],
      [256, 256],
      [512, 256],
      [512, 512],
      [512, 512],
      [512, 512],
      [16, 2048],
      [7, 16],
    ],
  );
  assert.equal(net.stack.filter(({ kind }) => kind === 'maxPool').length, 5);
  assert.equal(net.layers.filter(hasWeights).length, 12);
  assert.throws(() => vgg13({ side: 33 as 32 }), /side is 33, expected 32 or 64/);
});
test("dlgLenet has its authors' layers, and weights spread over [-1/2, 1/2]", () => {
  const net = dlgLenet({ seed: 2 });
  const shapes = net.stack.map((layer) => ('input' in layer && 'kernel' in layer ? outputShape(layer) : layer.kind));
  const planes = (side: number) => ({ channels: 12, height: side, width: side });
  assert.deepEqual(shapes, [planes(16), 'sigmoid', planes(8), 'sigmoid', planes(8), 'sigmoid']);
  const weights = weightedLayers(net).flatMap(({ weight, bias = [] }) => [...weight.data, ...bias]);
  assert.equal(weights.length, 12 * 76 + 2 * 12 * 301 + 100 * 769);
  assert.ok(weights.every((v) => Math.abs(v) <= 0.5));
  const variance = weights.reduce((sum, v) => sum + v * v, 0) / weights.length;
  assert.ok(Math.abs(12 * variance - 1) < 0.02, `${variance}`);
  assert.throws(() => dlgLenet({ classes: 1 }), /dlgLenet: classes is 1, expected an integer of at least 2/);
});
test('lenet has 61 706 weights whatever its side', () => {
  const count = (net: ReturnType<typeof lenet>) =>
    weightedLayers(net).reduce((sum, { weight, bias }) => sum + weight.data.length + bias!.length, 0);
  assert.deepEqual([count(lenet()), count(lenet({ side: 32, pooling: 'averagePool' }))], [61706, 61706]);
  assert.ok(lenet({ pooling: 'averagePool' }).stack.some(({ kind }) => kind === 'averagePool'));
  assert.throws(() => lenet({ side: 30 as 28 }), /lenet: side is 30/);
  assert.throws(() => lenet({ pooling: 'max' as 'maxPool' }), /lenet: pooling is max, expected/);
});
