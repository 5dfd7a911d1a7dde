import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rgap } from '../../src/baselines/rgap';
import { captureGradient } from '../../src/gradient/captureGradient';
import { fromRows } from '../../src/math/matrix';
import { rng } from '../../src/math/rng';
import { convNetOf } from '../../src/model/convNetOf';
import { initialiseKernels, initialiseLinear } from '../../src/model/initialiseConv';
import { outputShape } from '../../src/model/layers/planes';
import { mlp, mlpOf } from '../../src/model/mlp';
import type { ActivationLayer, Batch, Conv2dLayer, ConvNet, Layer } from '../../src/types';
import { uniformBatch } from '../support/uniformBatch';

const filters = [6, 16] as const;

/** Two convolutions on 1 x 8 x 8, the second with a stride, and a head of four classes. */
function net(activation: ActivationLayer, biased: boolean): ConvNet {
  const uniform = rng(3);
  let shape = { channels: 1, height: 8, width: 8 };
  const stack = [1, 2].flatMap((stride, k): Exclude<Layer, { kind: 'dense' | 'prelu' }>[] => {
    const { weight } = initialiseKernels(
      'pytorch',
      { out: filters[k] as number, channels: shape.channels, kernel: 3 },
      uniform,
    );
    const bias = Float64Array.from({ length: weight.rows }, () => 0.2 * uniform() - 0.1);
    const layer: Conv2dLayer = {
      kind: 'conv2d',
      input: shape,
      kernel: 3,
      stride,
      padding: 1,
      weight,
      ...(biased && { bias }),
    };
    shape = outputShape(layer);
    return [layer, activation];
  });
  const { weight, bias } = initialiseLinear('pytorch', filters[1] * 16, 4, uniform);
  return convNetOf({ channels: 1, height: 8, width: 8 }, stack, headOf({ weight, ...(biased && bias && { bias }) }));
}

function headOf(layer: Parameters<typeof mlpOf>[0][number]): ConvNet['head'] {
  return mlpOf([layer]);
}

const one = uniformBatch(1, 64, 4, 5);

for (const activation of [{ kind: 'sigmoid' }, { kind: 'leakyRelu', slope: 0.2 }] as const)
  for (const biased of [true, false])
    test(`rgap reads the image of ${activation.kind} convolutions ${biased ? 'with' : 'without'} biases`, async () => {
      const model = net(activation, biased);
      const found = await rgap(model, captureGradient(model, one));
      assert.ok(furthest(found.inputs.data, one) < 1e-6);
      assert.deepEqual([...found.labels], [...one.labels]);
      assert.equal(found.status, 'estimate');
    });

test('rgap of a hand-worked net: x = G / delta, and the scale of g from the features', async () => {
  // x = (1, 2), z = (1, -2), f = (1, -0.4) by the leaky ReLU; logits (1, -0.4, 0), label 0
  const network = {
    layers: [
      {
        kind: 'dense',
        weight: fromRows([
          [1, 0],
          [0, -1],
        ]),
      },
      { kind: 'leakyRelu', slope: 0.2 },
      {
        kind: 'dense',
        weight: fromRows([
          [1, 0],
          [0, 1],
          [0, 0],
        ]),
      },
    ],
  } as const;
  const total = Math.exp(1) + Math.exp(-0.4) + 1;
  const g = [Math.exp(1) / total - 1, Math.exp(-0.4) / total, 1 / total];
  const [first = 0, second = 0] = g; // W_Hᵀ g; the second neuron passes a fifth of it
  const gradients = [
    {
      weight: fromRows([
        [first, 2 * first],
        [0.2 * second, 0.4 * second],
      ]),
    },
    { weight: fromRows(g.map((v) => [v, -0.4 * v])) },
  ];
  const found = await rgap(network, { reduction: 'mean', precision: 'float64', gradients });
  assert.equal(found.labels[0], 0);
  assert.ok(furthest(found.inputs.data, { inputs: fromRows([[1, 2]]), labels: Int32Array.of(0) }) < 1e-6);
});

test('rgap says so when the gradient is of several samples', async () => {
  const model = net({ kind: 'sigmoid' }, true);
  const found = await rgap(model, captureGradient(model, uniformBatch(3, 64, 4, 6)));
  assert.equal(found.inputs.rows, 0);
  assert.match(found.reason, /more than one sample/);
});

test('rgap refuses pooling by name, and a time that is none', async () => {
  const input = { channels: 1, height: 4, width: 4 };
  const pooled = convNetOf(input, [{ kind: 'maxPool', input, size: 2, stride: 2 }], mlp({ widths: [4, 3, 2] }));
  const gradient = captureGradient(pooled, uniformBatch(1, 16, 2, 1));
  await assert.rejects(rgap(pooled, gradient), /layer 0 is maxPool/);
  const model = net({ kind: 'sigmoid' }, true);
  await assert.rejects(rgap(model, captureGradient(model, one), { seconds: 0 }), /seconds is 0/);
});

function furthest(found: Float64Array, { inputs }: Batch): number {
  assert.equal(found.length, inputs.data.length);
  return found.reduce((most, v, i) => Math.max(most, Math.abs(v - (inputs.data[i] as number))), 0);
}
