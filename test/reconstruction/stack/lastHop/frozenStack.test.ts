import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matrix } from '../../../../src/math/matrix';
import { normal, rng } from '../../../../src/math/rng';
import { float64 } from '../../../../src/model/arithmetic';
import { convNet } from '../../../../src/model/convNet';
import { convNetOf } from '../../../../src/model/convNetOf';
import { kindOf } from '../../../../src/model/layers';
import { frozenStack } from '../../../../src/reconstruction/stack/lastHop/frozenStack';
import type { ActivationLayer, DenseMatrix, Layer } from '../../../../src/types';

const input = { channels: 3, height: 11, width: 9 };
const plans = {
  'convolutions and max pooling': [5, 6, 'maxPool', 7],
  'strides, other kernels and padding': [
    { filters: 5, kernel: 5, stride: 2, padding: 1 },
    { filters: 9, kernel: 2, padding: 0 },
  ],
  'pooling first and average pooling': ['maxPool', 6, 'averagePool', 5],
  'average pooling at the end': [8, 'averagePool'],
  'one pooling after the other': [8, 'maxPool', 'maxPool', 4, 'maxPool'],
} as const;

/** The same by the model's own layers, in float64: what leaves, and the delta below. */
function reference(layers: readonly Layer[], x: Float64Array, delta: Float64Array): [Float64Array, Float64Array] {
  const values: DenseMatrix[] = [matrix(1, x.length, x)];
  for (const layer of layers) values.push(kindOf(layer).forward(layer, values[values.length - 1]!, float64));
  let back = matrix(1, delta.length, delta.slice());
  for (let k = layers.length - 1; k >= 0; k--)
    back = kindOf(layers[k]!).backward(layers[k]!, back, { entering: values[k]!, leaving: values[k + 1]! }, float64);
  return [values[layers.length]!.data, back.data];
}
const times = (by: number, { data, ...w }: DenseMatrix): DenseMatrix => ({ ...w, data: data.map((v) => by * v) });
const near = (found: ArrayLike<number>, expected: Float64Array): void => {
  const scale = Math.max(...expected.map(Math.abs));
  assert.ok(scale > 0);
  expected.forEach((v, k) => assert.ok(Math.abs(found[k]! - v) < 3e-6 * scale, `${k}: ${found[k]}, expected ${v}`));
};

const activations: readonly ActivationLayer[] = [
  { kind: 'relu' },
  { kind: 'leakyRelu', slope: 0.3 },
  { kind: 'relu6' },
];
const cases = Object.entries(plans).flatMap(([name, plan]) =>
  activations.map((activation) => ({ name, plan, activation })),
);

for (const { name, plan, activation } of cases)
  test(`frozenStack agrees with the model's layers: ${name}, ${activation.kind}`, () => {
    const fresh = convNet({ input, plan, init: 'pytorch', seed: 4 });
    const large = activation.kind === 'relu6' ? 3 : 1; // some clip
    const layers = fresh.stack.map((layer) => {
      if (layer.kind === 'relu') return activation;
      return layer.kind === 'conv2d' ? { ...layer, weight: times(large, layer.weight) } : layer;
    });
    const net = convNetOf(input, layers, fresh.head);
    const uniform = rng(7);
    const draw = (length: number): Float64Array => Float64Array.from({ length }, () => normal(uniform));
    const stack = frozenStack(net.stack);
    const [x, other, delta] = [draw(stack.inputs), draw(stack.inputs), draw(stack.outputs)];
    stack.forward(other); // nothing may be left of an earlier sample
    const [leaving, back] = reference(net.stack, x, delta);
    const least = activation.kind === 'leakyRelu' ? Number.NEGATIVE_INFINITY : 0;
    const most = activation.kind === 'relu6' ? 6 : Number.POSITIVE_INFINITY;
    const z = stack.forward(x).map((v) => Math.min(most, Math.max(v, least)));
    near(z, leaving);
    stack.freeze(Uint8Array.from(z, (v) => (least < v && v < most ? 1 : 0)));
    const found = new Float64Array(stack.inputs);
    for (let time = 0; time < 2; time++) {
      stack.transposedTimes(delta, found);
      near(found, back);
      stack.normal(other, found);
    }
    // in x's own piece the network is affine: its difference is J p
    const step = 1e-7;
    const [moved] = reference(
      net.stack,
      x.map((v, k) => v + step * other[k]!),
      delta,
    );
    const [, expected] = reference(
      net.stack,
      x,
      moved.map((v, k) => (v - leaving[k]!) / step),
    );
    near(found, expected);
  });
