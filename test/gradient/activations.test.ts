import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gaussian } from '../../src/data';
import { captureGradient } from '../../src/gradient/captureGradient';
import { finiteDifference } from '../../src/gradient/finiteDifference';
import { gradientJacobian } from '../../src/gradient/gradientJacobian';
import { gradientAt, gradientState } from '../../src/gradient/gradientState';
import { matrix } from '../../src/math/matrix';
import { normal, rng } from '../../src/math/rng';
import { forward } from '../../src/model/forward';
import { mlp, mlpOf } from '../../src/model/mlp';
import { sgdStep, toNetwork, toTrainable } from '../../src/model/sgdStep';
import type { AffineLayer, PiecewiseLinear } from '../../src/types';
import { certify } from '../../src/verification/certificate/certify';
import { replayGradient } from '../../src/verification/certificate/replayGradient';
import { relativeError } from '../support/closeness';

interface Fixture {
  readonly widths: number[];
  readonly weights: number[][];
  readonly inputs: number[];
  readonly labels: number[];
  readonly logits: number[];
  readonly gradients: number[][];
  /** of PReLU, per layer and neuron */
  readonly slopes: number[][];
}
const fixtures = JSON.parse(readFileSync('test/fixtures/activations.json', 'utf8')) as Record<string, Fixture>;
const activations: Record<string, PiecewiseLinear | readonly PiecewiseLinear[]> = {
  prelu: fixtures.prelu!.slopes.map((slopes) => ({ kind: 'prelu', slopes: Float64Array.from(slopes) })),
  leakyRelu: [
    { kind: 'leakyRelu', slope: 0.1 },
    { kind: 'leakyRelu', slope: 0.3 },
  ],
  relu6: { kind: 'relu6' },
};

/** Weight and bias of each layer, from flat numbers. */
function layersOf(widths: readonly number[], flat: readonly (readonly number[])[]): AffineLayer[] {
  return widths.slice(1).map((out, i) => ({
    weight: matrix(out, widths[i]!, Float64Array.from(flat[2 * i]!)),
    bias: Float64Array.from(flat[2 * i + 1]!),
  }));
}

for (const [name, { widths, weights, inputs, labels, logits, gradients }] of Object.entries(fixtures)) {
  const model = mlpOf(layersOf(widths, weights), activations[name]);
  const batch = { inputs: matrix(5, 6, Float64Array.from(inputs)), labels: Int32Array.from(labels) };
  const expected = layersOf(widths, gradients);
  test(`logits and gradient of a network with ${name} are PyTorch's to 1e-12`, () => {
    const own = forward(model, batch.inputs).logits.data;
    own.forEach((v, k) => assert.ok(Math.abs(v - logits[k]!) < 1e-12));
    const shared = captureGradient(model, batch);
    shared.gradients.forEach((layer, i) => assert.ok(relativeError([layer], [expected[i]!]) < 1e-12, `layer ${i}`));
    const patterns = new Set(gradientState(model, batch).patterns.flatMap(({ data }) => [...data]));
    const taken = { relu6: [0, 1], leakyRelu: [0.1, 0.3, 1] }[name];
    if (taken) assert.deepEqual([...patterns].sort(), taken);
    else assert.ok(patterns.size > 10); // each neuron of PReLU has its slope
  });
  test(`with ${name}, the attack's passes, the certificate's replay and the capture give the same gradient`, () => {
    const shares = new Float64Array(5).fill(1 / 5);
    assert.ok(relativeError(gradientAt(model, gradientState(model, batch, { shares })), expected) < 1e-12);
    const replayed = replayGradient(model, batch).map(({ weight, bias }, i) => ({
      weight: { ...expected[i]!.weight, data: weight.map((v) => v / 5) },
      bias: bias.map((v) => v / 5),
    }));
    assert.ok(relativeError(replayed, expected) < 1e-12);
  });
  test(`certify of a network with ${name} holds for the batch in float64 and float32, and for no other activation`, () => {
    for (const precision of ['float64', 'float32'] as const) {
      const shared = captureGradient(model, batch, { precision });
      assert.equal(certify(model, shared, batch).verdict, 'holds');
      assert.equal(certify(mlpOf(model.dense), shared, batch).verdict, 'fails');
    }
  });
  test(`a step of SGD with ${name} goes against the gradient`, () => {
    const net = toTrainable(model);
    sgdStep(net, batch, 0.5);
    const moved = toNetwork(net);
    assert.deepEqual(moved.activations, model.activations);
    const step = moved.dense.map(({ weight, bias }, i) => ({
      weight: { ...weight, data: weight.data.map((v, k) => (model.dense[i]!.weight.data[k]! - v) / 0.5) },
      bias: bias!.map((v, k) => (model.dense[i]!.bias![k]! - v) / 0.5),
    }));
    assert.ok(relativeError(step, expected) < 1e-12);
  });
  test(`gradientJacobian with ${name} agrees with differences of the gradient`, () => {
    const u = rng(3);
    const dX = matrix(
      5,
      6,
      Float64Array.from({ length: 30 }, () => normal(u)),
    );
    const at = (t: number): AffineLayer[] => {
      const moved = { ...batch.inputs, data: batch.inputs.data.map((v, k) => v + t * dX.data[k]!) };
      return gradientAt(model, gradientState(model, { ...batch, inputs: moved }));
    };
    const [plus, minus] = [at(1e-6), at(-1e-6)];
    const expected = plus.map(({ weight, bias }, i) => ({
      weight: { ...weight, data: weight.data.map((v, k) => (v - minus[i]!.weight.data[k]!) / 2e-6) },
      bias: bias!.map((v, k) => (v - minus[i]!.bias![k]!) / 2e-6),
    }));
    const found = gradientJacobian(model, gradientState(model, batch)).times({ inputs: dX });
    assert.ok(relativeError(found, expected) < 1e-7);
  });
}

for (const activation of [{ kind: 'leakyRelu', slope: 0.2 }, { kind: 'relu6' }] as const)
  test(`captureGradient with ${activation.kind} agrees with finite differences of the loss`, () => {
    const model = mlp({ widths: [5, 6, 7, 3], seed: 3, init: 'he', activation });
    const batch = gaussian({ size: 4, dimension: 5, classes: 3, seed: 2 });
    const wide = { ...batch, inputs: { ...batch.inputs, data: batch.inputs.data.map((v) => 4 * v) } };
    const shared = captureGradient(model, wide).gradients;
    assert.ok(relativeError(shared, finiteDifference(model, wide).gradients) < 1e-7);
  });
