import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, fromRows, matrix } from '../../src/math/matrix';
import { normal, rng } from '../../src/math/rng';
import { float32, float64 } from '../../src/model/arithmetic';
import { initialise } from '../../src/model/initialise';
import { hasWeights, kindOf } from '../../src/model/layers';
import type { DenseMatrix, Layer, PlaneShape } from '../../src/types';

/** Every kind of layer with samples that fit it: a new kind does not compile until it has a case here. */
const cases: Record<Layer['kind'], readonly { layer: Layer; inputs: number; spread?: number }[]> = {
  dense: [true, false].map((biases) => ({
    layer: { kind: 'dense', ...initialise('pytorch', 5, 4, biases, rng(1)) },
    inputs: 5,
  })),
  relu: [{ layer: { kind: 'relu' }, inputs: 6 }],
  leakyRelu: [{ layer: { kind: 'leakyRelu', slope: 0.1 }, inputs: 6 }],
  prelu: [{ layer: { kind: 'prelu', slopes: Float64Array.of(0, 0.1, 0.25, 1, 1.5, 0.9) }, inputs: 6 }],
  relu6: [{ layer: { kind: 'relu6' }, inputs: 6, spread: 8 }],
  sigmoid: [{ layer: { kind: 'sigmoid' }, inputs: 6 }],
  conv2d: [
    conv({ channels: 2, height: 4, width: 5 }, { kernel: 3, stride: 1, padding: 1 }),
    conv({ channels: 2, height: 5, width: 4 }, { kernel: 3, stride: 2, padding: 2 }, false),
    conv({ channels: 3, height: 4, width: 4 }, { kernel: 2, stride: 2, padding: 0 }),
    conv({ channels: 1, height: 1, width: 2 }, { kernel: 1, stride: 1, padding: 2 }), // kernels that see nothing but padding
  ],
  maxPool: [pool('maxPool', 2, 2), pool('maxPool', 3, 1), pool('maxPool', 1, 2)],
  averagePool: [pool('averagePool', 2, 2), pool('averagePool', 3, 1)],
};

function conv(input: PlaneShape, geometry: { kernel: number; stride: number; padding: number }, biases = true) {
  const affine = initialise('pytorch', input.channels * geometry.kernel ** 2, 3, biases, rng(4));
  const layer: Layer = { kind: 'conv2d', input, ...geometry, ...affine };
  return { layer, inputs: input.channels * input.height * input.width };
}

function pool(kind: 'maxPool' | 'averagePool', size: number, stride: number) {
  const layer: Layer = { kind, input: { channels: 2, height: 5, width: 4 }, size, stride };
  return { layer, inputs: 40 };
}

function random(rows: number, columns: number, seed: number): DenseMatrix {
  const uniform = rng(seed);
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => normal(uniform)),
  );
}

for (const [name, list] of Object.entries(cases))
  for (const { layer, inputs, spread = 1 } of list) {
    const kind = kindOf(layer);
    const x = random(3, inputs, 2);
    for (let k = 0; k < x.data.length; k++) x.data[k] = spread * x.data[k]!;
    const y = kind.forward(layer, x, float64);
    const c = random(y.rows, y.columns, 3);
    const weighted = (): number => dot(kind.forward(layer, x, float64).data, c.data);
    /** d weighted / d value by central differences, with the value put back. */
    const differences = (values: Float64Array): Float64Array =>
      values.map((before, k) => {
        const at = (moved: number): number => {
          values[k] = moved;
          const result = weighted();
          values[k] = before;
          return result;
        };
        return (at(before + 1e-5) - at(before - 1e-5)) / 2e-5;
      });
    const near = (a: Float64Array, b: Float64Array): void =>
      a.forEach((v, k) => assert.ok(Math.abs(v - b[k]!) < 1e-9, `${v} and ${b[k]} at ${k}`));
    const sizes = ['kernel', 'size', 'stride', 'padding'].flatMap((key) =>
      key in layer ? `${key} ${layer[key as never]}` : [],
    );
    const title = `${[name, ...sizes].join(' ')}${hasWeights(layer) && !layer.bias ? ' without bias' : ''}`;
    test(`${title}: backward is the derivative by what enters`, () => {
      near(
        kind.backward(layer, { ...c, data: c.data.slice() }, { entering: x, leaving: y }, float64).data,
        differences(x.data),
      );
    });
    test(`${title}: tangent is the adjoint of backward, and leaves its motion as it was`, () => {
      const [motion, around] = [random(3, inputs, 5), { entering: x, leaving: y }];
      const before = motion.data.slice();
      const moved = kind.tangent(layer, motion, around, float64);
      assert.deepEqual(motion.data, before);
      const back = kind.backward(layer, { ...c, data: c.data.slice() }, around, float64);
      near(Float64Array.of(dot(moved.data, c.data)), Float64Array.of(dot(motion.data, back.data)));
    });
    test(`${title}: curvature is the derivative of backward along a motion; kinds without do not bend`, () => {
      const motion = random(3, inputs, 5);
      const backAt = (step: number): Float64Array => {
        const entering = { ...x, data: x.data.map((v, k) => v + step * motion.data[k]!) };
        const leaving = kind.forward(layer, entering, float64);
        return kind.backward(layer, { ...c, data: c.data.slice() }, { entering, leaving }, float64).data;
      };
      const [more, less] = [backAt(1e-5), backAt(-1e-5)];
      const bent = kind.curvature?.(c, motion, { entering: x, leaving: y }).data ?? new Float64Array(more.length);
      near(
        bent,
        more.map((v, k) => (v - less[k]!) / 2e-5),
      );
    });
    test(`${title}: a weight gradient exists exactly where there are weights, and is the derivative by them`, () => {
      const gradient = kind.weightGradient?.(layer, c, x, float64);
      assert.equal(gradient !== undefined, hasWeights(layer));
      if (!gradient || !hasWeights(layer)) return;
      near(gradient.weight.data, differences(layer.weight.data));
      assert.equal(gradient.bias !== undefined, layer.bias !== undefined);
      if (gradient.bias && layer.bias) near(gradient.bias, differences(layer.bias));
    });
  }
test('kindOf(relu).backward lets a delta pass where the neuron fires, and not at zero', () => {
  const relu = { kind: 'relu' } as const;
  const around = { entering: fromRows([[-1, 2, 0]]), leaving: fromRows([[0, 2, 0]]) };
  const back = kindOf(relu).backward(relu, fromRows([[7, 7, 7]]), around, float64);
  assert.deepEqual([...back.data], [0, 7, 0]);
});
test('leaky ReLU lets its slope pass at zero and below, ReLU6 nothing at either end', () => {
  const z = fromRows([[-3, 0, 2, 6, 7]]);
  const passed = (layer: Layer, arithmetic = float64) => {
    const leaving = kindOf(layer).forward(layer, z, arithmetic);
    const delta = fromRows([[8, 8, 8, 8, 8]]);
    return [leaving, kindOf(layer).backward(layer, delta, { entering: z, leaving }, arithmetic)].map((m) => [
      ...m.data,
    ]);
  };
  assert.deepEqual(passed({ kind: 'leakyRelu', slope: 0.25 }), [
    [-0.75, 0, 2, 6, 7],
    [2, 2, 8, 8, 8],
  ]);
  assert.deepEqual(passed({ kind: 'relu6' }), [
    [0, 0, 2, 6, 6],
    [0, 0, 8, 0, 0],
  ]);
  const [leaving, below] = passed({ kind: 'leakyRelu', slope: 0.01 }, float32); // the slope is a float32 number there
  assert.deepEqual([leaving![0], below![0]], [Math.fround(-3 * Math.fround(0.01)), Math.fround(8 * Math.fround(0.01))]);
});
