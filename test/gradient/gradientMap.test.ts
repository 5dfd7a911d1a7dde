import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { captureGradient } from '../../src/gradient/captureGradient';
import { flattenGradient, unflattenGradient } from '../../src/gradient/gradientDifference';
import { gradientMap, type SoftBatch } from '../../src/gradient/gradientMap';
import { dot, matrix } from '../../src/math/matrix';
import { normal, rng } from '../../src/math/rng';
import { mlp } from '../../src/model/mlp';
import { lenet } from '../../src/model/victims';
import type { AffineLayer, Layer, Network } from '../../src/types';

const u = rng(6);
const random = (n: number): Float64Array => Float64Array.from({ length: n }, () => normal(u));

function hot(labels: readonly number[], classes: number): SoftBatch['targets'] {
  const targets = matrix(labels.length, classes);
  labels.forEach((y, m) => {
    targets.data[m * classes + y] = 1;
  });
  return targets;
}

const bent: Network = {
  layers: [...mlp({ widths: [5, 7, 3], seed: 1 }).layers].map(
    (l): Layer => (l.kind === 'relu' ? { kind: 'sigmoid' } : l),
  ),
};
const cases: Record<string, { net: Network; inputs: number; classes: number }> = {
  '5-7-6-3 with ReLU': { net: mlp({ widths: [5, 7, 6, 3], seed: 2, init: 'he' }), inputs: 5, classes: 3 },
  '5-7-3 without biases': { net: mlp({ widths: [5, 7, 3], biases: false, seed: 3 }), inputs: 5, classes: 3 },
  '5-7-3 with sigmoid': { net: bent, inputs: 5, classes: 3 },
  'LeNet with average pooling': { net: lenet({ pooling: 'averagePool', classes: 4 }), inputs: 784, classes: 4 },
};
for (const [name, { net, inputs, classes }] of Object.entries(cases)) {
  const guess = { inputs: matrix(2, inputs, random(2 * inputs)), targets: hot([0, 2], classes) };
  test(`gradientMap of ${name} gives the gradient that a client shares`, () => {
    for (const reduction of ['mean', 'sum'] as const) {
      const shared = captureGradient(net, { inputs: guess.inputs, labels: Int32Array.of(0, 2) }, { reduction });
      const expected = flattenGradient(shared.gradients);
      flattenGradient(gradientMap(net, guess, reduction).gradients()).forEach((v, k) =>
        assert.ok(Math.abs(v - expected[k]!) < 1e-13),
      );
    }
  });
  test(`pull of ${name} is the derivative of <gradient, v>, by inputs and by targets`, () => {
    const map = gradientMap(net, guess);
    const gradients = map.gradients();
    const v = random(flattenGradient(gradients).length);
    const pulled = map.pull(unflattenGradient(v, gradients));
    const along = (step: SoftBatch, t: number): number => {
      const plus = (a: SoftBatch['inputs'], b: SoftBatch['inputs']) => ({
        ...a,
        data: a.data.map((x, k) => x + t * b.data[k]!),
      });
      const moved = { inputs: plus(guess.inputs, step.inputs), targets: plus(guess.targets, step.targets) };
      return dot(flattenGradient(gradientMap(net, moved).gradients()), v);
    };
    const step = { inputs: matrix(2, inputs, random(2 * inputs)), targets: matrix(2, classes, random(2 * classes)) };
    const expected = (along(step, 1e-6) - along(step, -1e-6)) / 2e-6;
    const found = dot(pulled.inputs.data, step.inputs.data) + dot(pulled.targets.data, step.targets.data);
    assert.ok(Math.abs(found - expected) < 1e-6 * Math.abs(expected), `${found}, finite differences ${expected}`);
  });
}
test('gradientMap agrees with second derivatives by PyTorch through every kind of layer', () => {
  const torch = JSON.parse(readFileSync('test/fixtures/pull.json', 'utf8')) as Record<string, number[] & number[][]>;
  const layersOf = (arrays: readonly number[][]): Layer[] => {
    let at = 0;
    const affine = (rows: number, columns: number): AffineLayer => ({
      weight: matrix(rows, columns, Float64Array.from(arrays[at++]!)),
      bias: Float64Array.from(arrays[at++]!),
    });
    const planes = (channels: number, side: number) => ({ channels, height: side, width: side });
    return [
      { kind: 'conv2d', input: planes(2, 8), kernel: 3, stride: 2, padding: 1, ...affine(3, 18) },
      { kind: 'sigmoid' },
      { kind: 'conv2d', input: planes(3, 4), kernel: 3, stride: 1, padding: 1, ...affine(4, 27) },
      { kind: 'leakyRelu', slope: 0.2 },
      { kind: 'averagePool', input: planes(4, 4), size: 2, stride: 1 },
      { kind: 'conv2d', input: planes(4, 3), kernel: 2, stride: 1, padding: 0, ...affine(3, 16) },
      { kind: 'relu6' },
      { kind: 'maxPool', input: planes(3, 2), size: 2, stride: 1 },
      { kind: 'dense', ...affine(5, 3) },
      { kind: 'relu' },
      { kind: 'dense', ...affine(3, 5) },
    ];
  };
  const weighted = (arrays: readonly number[][]): AffineLayer[] =>
    layersOf(arrays).flatMap((l) => ('weight' in l ? [{ weight: l.weight, bias: l.bias! }] : []));
  const guess = {
    inputs: matrix(2, 128, Float64Array.from(torch.inputs!)),
    targets: matrix(2, 3, Float64Array.from(torch.targets!)),
  };
  const { gradients, pull } = gradientMap({ layers: layersOf(torch.parameters!) }, guess);
  const near = (a: Float64Array, b: readonly number[]): void => {
    assert.equal(a.length, b.length);
    a.forEach((v, k) => assert.ok(Math.abs(v - b[k]!) < 1e-10, `${v} and ${b[k]} at ${k}`));
  };
  near(flattenGradient(gradients()), torch.gradients!.flat());
  const { inputs, targets } = pull(weighted(torch.along!));
  near(inputs.data, torch.byInputs!);
  // in PyTorch a target counts as log p does; here as the loss vector p - y does: the same for targets that keep their sum
  const centred = (t: Float64Array): number[] =>
    [...t].map(
      (v, k) => v - (t[3 * Math.floor(k / 3)]! + t[3 * Math.floor(k / 3) + 1]! + t[3 * Math.floor(k / 3) + 2]!) / 3,
    );
  near(Float64Array.from(centred(targets.data)), centred(Float64Array.from(torch.byTargets!)));
});
