import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data/synthetic';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { gradientState } from '../../../src/gradient/gradientState';
import { gemm } from '../../../src/math/gemm';
import { norm } from '../../../src/math/matrix';
import { convNet } from '../../../src/model/convNet';
import { convNetOf } from '../../../src/model/convNetOf';
import { forward } from '../../../src/model/forward';
import { runHere } from '../../../src/reconstruction/columns/runHere';
import { type Descent, descendStack } from '../../../src/reconstruction/stack/descendStack';
import { noLimit } from '../../../src/reconstruction/working';
import type { ActivationLayer, Batch, ConvNet } from '../../../src/types';

const input = { channels: 2, height: 8, width: 8 };
type Plan = Parameters<typeof convNet>[0]['plan'];

/** From the true features down; with the true values that enter each level. */
function descended(
  plan: Plan,
  precision: 'float32' | 'float64',
  size = 2,
  activation: ActivationLayer = { kind: 'relu' },
  scale = 1,
  misread = 0, // positive features with the largest deltas that are taken for zero
): { descent: Descent; values: readonly Float64Array[]; net: ConvNet } {
  const drawn = convNet({ input, plan, head: [24], classes: 5, init: 'he', seed: 4 });
  const stack = drawn.stack.map((layer) => (layer.kind === 'relu' ? activation : layer));
  const net = convNetOf(input, stack, drawn.head);
  const batch: Batch = gaussian({ size, dimension: 128, classes: 5, seed: 6 });
  const inputs = { ...batch.inputs, data: batch.inputs.data.map((v) => Math.fround(scale * Math.abs(v))) };
  const secret = { ...batch, inputs };
  const { gradients } = captureGradient(net, secret, { precision });
  const { values } = forward(net, inputs);
  const features = values[net.stack.length]!;
  const state = gradientState(
    net.head,
    { ...secret, inputs: features },
    { shares: new Float64Array(size).fill(1 / size) },
  );
  const unit = precision === 'float32' ? 2 ** -24 : 2 ** -50;
  const deltas = gemm(state.deltas[0]!, net.head.dense[0]!.weight);
  const error = unit * Math.max(...features.data);
  const fired = [...features.data.keys()].filter((k) => features.data[k]! > 0);
  const strongest = fired.sort((a, b) => Math.abs(deltas.data[b]!) - Math.abs(deltas.data[a]!)).slice(0, misread);
  const read = { ...features, data: features.data.map((v, k) => (strongest.includes(k) ? 0 : v)) };
  const descent = runHere(descendStack(net, gradients, { values: read, deltas, error, unit }, noLimit));
  return { descent, values: values.map((v) => v.data), net };
}

const relativeError = ({ reached }: Descent, values: readonly Float64Array[]): number => {
  const truth = values[reached.level]!;
  return norm(truth.map((v, k) => v - reached.values.data[k]!)) / norm(truth);
};

test('filters that never fired say nothing, and are not taken for the best explained ones', () => {
  const stride = { filters: 64, stride: 2 };
  const { descent, values, net } = descended([stride, stride, stride], 'float32', 1);
  const silent = values[net.stack.length]!.filter((v) => v === 0).length;
  assert.ok(silent > 0.3 * 64, `${silent} of 64 filters above a plane of one pixel are off`);
  assert.deepEqual([descent.stopped, descent.reached.level], [null, 0]);
  assert.ok(relativeError(descent, values) < 1e-4);
});
test('a few misread positions of the strongest filters, which spoil all values at first, are found and settled', () => {
  for (const misread of [1, 4, 8]) {
    const { descent, values } = descended([96], 'float32', 2, { kind: 'relu' }, 1, misread);
    assert.deepEqual([descent.stopped, descent.reached.level], [null, 0], `${misread}`);
    assert.ok(descent.steps[0]!.residual < 1e-6 && relativeError(descent, values) < 1e-5, `${misread}`);
  }
});
test('positions that only the middle tap sees are counted on their own', () => {
  const { descent } = descended([{ filters: 31, stride: 2 }], 'float64');
  assert.match(
    descent.stopped!,
    /^layer 0 .* has \d+ equations for the 32 unknowns of each channel that only some taps see/,
  );
});
test('plain and strided convolutions with filters enough are read down to the input, to the noise of the gradient', () => {
  for (const [precision, most] of [
    ['float64', 1e-11],
    ['float32', 1e-4],
  ] as const) {
    const { descent, values } = descended(
      [
        { filters: 64, stride: 2 },
        { filters: 64, kernel: 3 },
      ],
      precision,
    );
    assert.equal(descent.stopped, null);
    assert.deepEqual(
      descent.steps.map((s) => s.kind),
      ['plain', 'plain'],
    );
    const error = relativeError(descent, values);
    assert.ok(error < most, `${precision}: ${error}`);
    const { reached } = descent;
    const own = norm(values[0]!.map((v, k) => v - reached.values.data[k]!)) / Math.sqrt(values[0]!.length);
    assert.ok(own < 10 * reached.error, `error ${own}, bar ${reached.error}`);
  }
});

test('patch pursuit finds which of four positions won under max pooling', () => {
  for (const [precision, most] of [
    ['float64', 1e-11],
    ['float32', 1e-4],
  ] as const) {
    const { descent, values } = descended([48, 64, 'maxPool', 48], precision);
    assert.equal(descent.stopped, null);
    assert.deepEqual(
      descent.steps.map((s) => s.kind),
      ['plain', 'pooled', 'plain'],
    );
    const error = relativeError(descent, values);
    assert.ok(error < most, `${precision}: ${error}`);
  }
});

for (const [name, activation] of Object.entries({
  'leaky ReLU': { kind: 'leakyRelu', slope: 0.2 },
  ReLU6: { kind: 'relu6' },
} as const))
  test(`${name}: convolutions, strides and max pooling are read down to the input`, () => {
    for (const [precision, most] of [
      ['float64', 1e-11],
      ['float32', 1e-4],
    ] as const) {
      const plan: Plan = [{ filters: 64, stride: 1 }, 64, 'maxPool', { filters: 64, stride: 2 }];
      const { descent, values, net } = descended(plan, precision, 2, activation, 40);
      assert.equal(descent.stopped, null);
      assert.deepEqual(
        descent.steps.map((s) => s.kind),
        ['plain', 'pooled', 'plain'],
      );
      const ends = values.map((v) => v.filter((x) => x === 6).length);
      assert.ok(name !== 'ReLU6' || ends.every((n, k) => n > 20 || net.stack[k - 1]?.kind !== 'relu6'), `${ends}`);
      const error = relativeError(descent, values);
      assert.ok(error < most, `${precision}: ${error}`);
    }
  });

test('the way down says where it ends: too few filters, average pooling', () => {
  const few = descended([8, 64], 'float64').descent;
  assert.match(
    few.stopped!,
    /layer 0 of the stack \(conv2d\) has 72 equations for the 128 unknowns of each channel \(2 samples\)/,
  );
  assert.equal(few.reached.level, 2);
  const averaged = descended([64, 'averagePool', 64], 'float64').descent;
  assert.match(averaged.stopped!, /layer 2 of the stack \(averagePool\) hides which positions were on/);
  assert.equal(averaged.reached.level, 3);
});
