import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../src/data/synthetic';
import { captureGradient } from '../../src/gradient/captureGradient';
import { checkGradient } from '../../src/gradient/checkGradient';
import { finiteDifference } from '../../src/gradient/finiteDifference';
import { matrix } from '../../src/math/matrix';
import { rng } from '../../src/math/rng';
import { convNetOf } from '../../src/model/convNetOf';
import { initialise } from '../../src/model/initialise';
import { classesOf, inputsOf } from '../../src/model/layers';
import { mlp } from '../../src/model/mlp';
import type { AffineLayer, Conv2dLayer, ConvNet } from '../../src/types';

const input = { channels: 2, height: 6, width: 5 };
const conv: Conv2dLayer = {
  kind: 'conv2d',
  input,
  kernel: 3,
  stride: 1,
  padding: 1,
  ...initialise('he', 18, 4, true, rng(1)),
};
const planes = { channels: 4, height: 6, width: 5 };
const stack: ConvNet['stack'] = [
  conv,
  { kind: 'relu' },
  { kind: 'maxPool', input: planes, size: 2, stride: 2 },
  {
    kind: 'conv2d',
    input: { channels: 4, height: 3, width: 2 },
    kernel: 2,
    stride: 2,
    padding: 1,
    ...initialise('he', 16, 5, true, rng(2)),
  },
  { kind: 'relu' },
  { kind: 'averagePool', input: { channels: 5, height: 2, width: 2 }, size: 2, stride: 1 },
];
const net = convNetOf(input, stack, mlp({ widths: [5, 6, 3], init: 'he', seed: 3 }));
const batch = gaussian({ size: 3, dimension: 60, classes: 3, seed: 4 });

function worst(a: readonly AffineLayer[], b: readonly AffineLayer[]): number {
  const distance = (x: Float64Array, y: Float64Array): number =>
    Math.hypot(...x.map((v, k) => v - y[k]!)) / Math.hypot(...y);
  return Math.max(
    ...a.flatMap(({ weight, bias }, i) => [distance(weight.data, b[i]!.weight.data), distance(bias!, b[i]!.bias!)]),
  );
}

test('captureGradient of a convolutional network agrees with finite differences of its loss, layer by layer', () => {
  for (const reduction of ['mean', 'sum'] as const) {
    const { gradients } = captureGradient(net, batch, { reduction });
    assert.equal(gradients.length, 4);
    assert.ok(worst(gradients, finiteDifference(net, batch, { reduction }).gradients) < 1e-7);
  }
});
test('captureGradient of a convolutional network in float32 holds float32 numbers near the exact ones', () => {
  const exact = captureGradient(net, batch);
  const { gradients, precision } = captureGradient(net, batch, { precision: 'float32' });
  assert.equal(precision, 'float32');
  assert.ok(gradients.every(({ weight }) => weight.data.every((v) => Math.fround(v) === v)));
  const error = worst(gradients, exact.gradients);
  assert.ok(error > 2 ** -26 && error < 1e-5, String(error));
});
test('checkGradient takes the gradient of a convolutional network, and names a layer that does not fit', () => {
  const gradient = captureGradient(net, batch);
  checkGradient(net, gradient);
  const [first, ...rest] = gradient.gradients;
  const wrong = { ...gradient, gradients: [{ ...first!, weight: matrix(4, 9) }, ...rest] };
  assert.throws(() => checkGradient(net, wrong), /weight gradient of layer 0 is 4 x 9, expected 4 x 18/);
});
test('a convolutional network has as many inputs as its planes have values, and the classes of its head', () => {
  assert.deepEqual([inputsOf(net), classesOf(net)], [60, 3]);
  assert.equal(classesOf({ layers: net.stack }), 5); // a network may end in planes
  assert.deepEqual(net.layers.slice(-3), net.head.layers);
  assert.throws(
    () => captureGradient(net, gaussian({ size: 1, dimension: 18, classes: 3 })),
    /18 entries, expected 60/,
  );
});
test('convNetOf names the layer that does not fit, what it takes and what it gets', () => {
  const head = mlp({ widths: [5, 6, 3] });
  const pool = { kind: 'maxPool', input, size: 2, stride: 2 } as const;
  const cases: [RegExp, ConvNet['stack']][] = [
    [/layer 1 \(maxPool\) takes 2 x 6 x 5, expected 4 x 6 x 5/, [conv, pool]],
    [/layer 0 \(maxPool\): size is 1\.5, expected a positive integer/, [{ ...pool, size: 1.5 }]],
    [/layer 0 \(maxPool\): stride is 0, expected a positive integer/, [{ ...pool, stride: 0 }]],
    [/layer 0 \(maxPool\): size is 6, expected at most 5, the side with padding/, [{ ...pool, size: 6 }]],
    [/layer 0 \(conv2d\): padding is -1, expected an integer >= 0/, [{ ...conv, padding: -1 }]],
    [/layer 0 \(conv2d\): kernel is NaN, expected a positive/, [{ ...conv, kernel: Number.NaN }]],
    [/weight is 4 x 9, expected filters x 18 \(2 channels, 3 x 3 kernel\)/, [{ ...conv, weight: matrix(4, 9) }]],
    [/bias has 3 entries, expected 4/, [{ ...conv, bias: new Float64Array(3) }]],
    [/the head takes 5 values, expected 120 \(4 x 6 x 5\)/, [conv]],
  ];
  for (const [message, layers] of cases)
    assert.throws(() => convNetOf(input, layers, head), { name: 'InputError', message });
  assert.throws(() => convNetOf({ ...input, width: 0 }, [], head), /input is 2 x 6 x 0, expected three positive/);
});
