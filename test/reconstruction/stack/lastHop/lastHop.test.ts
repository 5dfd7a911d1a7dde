import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { mnist } from '../../../../src/data/mnist';
import { matrix, row } from '../../../../src/math/matrix';
import { normal, rng } from '../../../../src/math/rng';
import { float64 } from '../../../../src/model/arithmetic';
import { convNet } from '../../../../src/model/convNet';
import { kindOf } from '../../../../src/model/layers';
import { type LastHop, type LastHopOptions, lastHop } from '../../../../src/reconstruction/stack/lastHop/lastHop';
import { limitOf, type Working } from '../../../../src/reconstruction/working';
import type { DenseMatrix, Layer } from '../../../../src/types';

const side = 14;
const input = { channels: 1, height: side, width: side };
const images: Float64Array[] = [];

/** Real digits, halved: means of 2 x 2 pixels. */
before(async () => {
  const { inputs } = (await mnist()).draw({ size: 2, seed: 1 });
  for (let m = 0; m < 2; m++) {
    const x = row(inputs, m);
    const pixel = (k: number): number => 2 * Math.floor(k / side) * 28 + 2 * (k % side);
    images.push(
      Float64Array.from({ length: side * side }, (_, k) =>
        [0, 1, 28, 29].reduce((sum, at) => sum + x[pixel(k) + at]! / 4, 0),
      ),
    );
  }
});

function run<T>(working: Working<T>): T {
  let step = working.next();
  while (!step.done) step = working.next(null);
  return step.value;
}
const featuresOf = (layers: readonly Layer[], x: Float64Array): Float64Array =>
  layers.reduce((f, layer) => kindOf(layer).forward(layer, f, float64), matrix(1, x.length, x)).data;
const solve = (layers: readonly Layer[], y: Float64Array, options: LastHopOptions = {}): LastHop =>
  run(lastHop(layers, y, { seed: 1, ...options }));
const distance = (a: Float64Array, b: Float64Array): number =>
  Math.sqrt(a.reduce((sum, v, k) => sum + (v - b[k]!) ** 2, 0) / a.length);

test('lastHop finds real digits under two convolutions and max pooling, exactly, in one of two starts', () => {
  const { stack } = convNet({ input, plan: [16, 16, 'maxPool'], seed: 2 });
  for (const x of images) {
    const features = featuresOf(stack, x);
    const found = [0, 1].map((start) => solve(stack, features, { start })).find(({ solved }) => solved);
    assert.ok(found && found.residual < 1e-12);
    assert.ok(distance(found.x, x) < 1e-10, `error ${distance(found.x, x)}`);
    assert.ok(found.error < 1e-10);
    assert.equal(found.unknowns, 196);
    assert.ok(found.equations > 196);
  }
});

test('lastHop goes through average pooling and strides', () => {
  const plan = [16, 'averagePool', { filters: 48, kernel: 5, stride: 2 }] as const;
  const { stack } = convNet({ input, plan, seed: 3 });
  const found = solve(stack, featuresOf(stack, images[0]!));
  assert.ok(found.solved);
  assert.ok(distance(found.x, images[0]!) < 1e-8, `error ${distance(found.x, images[0]!)}`);
});

for (const activation of [{ kind: 'leakyRelu', slope: 0.1 }, { kind: 'relu6' }] as const)
  test(`lastHop goes through ${activation.kind}, also where it ends the layers`, () => {
    for (const plan of [
      [16, 16, 'maxPool'],
      [16, 'averagePool', { filters: 48, kernel: 5, stride: 2 }],
    ] as const) {
      const times = (by: number, { data, ...w }: DenseMatrix): DenseMatrix => ({ ...w, data: data.map((v) => by * v) });
      const stack = convNet({ input, plan, seed: 2 }).stack.map((layer): Layer => {
        if (layer.kind === 'relu') return activation;
        return layer.kind === 'conv2d' ? { ...layer, weight: times(6, layer.weight) } : layer; // so that some clip
      });
      const x = images[0]!;
      const y = featuresOf(stack, x);
      assert.ok(activation.kind === 'relu6' ? y.includes(6) || plan[1] !== 16 : y.some((v) => v < 0));
      const found = solve(stack, y);
      assert.ok(found.solved, `${plan}: residual ${found.residual}`);
      assert.ok(distance(found.x, x) < 1e-8, `error ${distance(found.x, x)}`);
      assert.equal(found.equations === y.length, activation.kind === 'leakyRelu');
    }
  });

test('lastHop tells how far noise of the features moved the image', () => {
  const { stack } = convNet({ input, plan: [16, 16, 'maxPool'], seed: 2 });
  const noise = 1e-6;
  const y = featuresOf(stack, images[0]!);
  const uniform = rng(5);
  const each = (noise * Math.hypot(...y)) / Math.sqrt(y.filter((v) => v > 0).length);
  const found = solve(
    stack,
    y.map((v) => (v > 0 ? v + each * normal(uniform) : 0)),
    { noise },
  );
  const error = distance(found.x, images[0]!);
  assert.ok(found.solved);
  assert.ok(error < 3 * found.error && found.error < 3 * error, `bar ${found.error}, error ${error}`);
});

// 1 x 1 kernels two apart never see three pixels of four; the centre of a 3 x 3 kernel two apart is seen by it alone
test('lastHop has no error bar where some pixel reaches no feature', () => {
  const narrow = convNet({ input, plan: [{ filters: 16, kernel: 1, stride: 2 }], seed: 2 }).stack;
  assert.equal(solve(narrow, featuresOf(narrow, images[0]!)).error, Number.POSITIVE_INFINITY);
  const { stack } = convNet({ input, plan: [{ filters: 6, stride: 2 }, 'maxPool'], seed: 2 });
  assert.equal(solve(stack, featuresOf(stack, images[0]!)).error, Number.POSITIVE_INFINITY);
});

test('lastHop does not call an image solved whose features nothing explains, and says so by its error bar', () => {
  const { stack } = convNet({ input, plan: [16, 16, 'maxPool'], seed: 2 });
  const y = featuresOf(stack, images[0]!);
  y.reverse();
  const found = solve(stack, y);
  assert.equal(found.solved, false);
  assert.ok(found.residual > 1e-3);
  assert.equal(found.error, Number.POSITIVE_INFINITY);
});

test('lastHop gives the same answer for the same seed, and an estimate at once when time is up', () => {
  const { stack } = convNet({ input, plan: [8, 'maxPool'], seed: 2 });
  const y = featuresOf(stack, images[1]!);
  const options = { seed: 3 };
  assert.deepEqual(solve(stack, y, options), solve(stack, y, options));
  const stopped = solve(stack, y, { limit: limitOf(0, {}) });
  assert.deepEqual([stopped.solved, stopped.rounds, stopped.x.length], [false, 0, 196]);
});

test('lastHop names what it cannot work on', () => {
  const { stack, layers } = convNet({ input, plan: [4, 'maxPool'], seed: 2 });
  const y = new Float64Array(4 * 49);
  assert.throws(() => solve(layers, y), /dense layer/);
  assert.throws(() => solve(stack, new Float64Array(7)), /7 features, expected 196/);
  assert.throws(
    () =>
      solve(
        stack.filter(({ kind }) => kind !== 'relu'),
        y,
      ),
    /no ReLU/,
  );
  assert.throws(() => solve([], y), /no convolution or pooling/);
});
