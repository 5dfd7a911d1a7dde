import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../src/data';
import { composeBatch } from '../../src/defences/composeBatch';
import { exclusivityReduction } from '../../src/defences/exclusivityReduction';
import { exclusivityState } from '../../src/exclusivity/exclusivityState';
import { localUpdate } from '../../src/gradient/localUpdate';
import { mlp, mlpOf, partAbove } from '../../src/model/mlp';
import { withWeights } from '../../src/model/withWeights';
import { reconstructUpdate } from '../../src/reconstruction/reconstructUpdate';
import type { PiecewiseLinear } from '../../src/types';
import { certifyUpdate } from '../../src/verification/certificate/certifyUpdate';
import { exposure } from '../../src/verification/identifiability/exposure';
import { identifiability } from '../../src/verification/identifiability/identifiability';
import { localIdentifiability } from '../../src/verification/identifiability/localIdentifiability';
import { witness } from '../../src/verification/witness/witness';

const leaky = { kind: 'leakyRelu', slope: 0.1 } as const;
const model = mlp({ widths: [6, 8, 3], activation: leaky });
const batch = gaussian({ size: 4, dimension: 6, classes: 3 });

const doors: Record<string, () => unknown> = {
  exclusivityState: () => exclusivityState(model, batch),
  exposure: () => exposure(model, batch),
  identifiability: () => identifiability(model, batch),
  localIdentifiability: () => localIdentifiability(model, batch),
  witness: () => witness(model, batch),
  composeBatch: () => composeBatch(model, batch, batch),
  certifyUpdate: () => certifyUpdate(localUpdate(model, batch, { rate: 0.1, epochs: 2 }), batch),
};
for (const [name, call] of Object.entries(doors))
  test(`${name} refuses a leaky ReLU by name, and says what takes it`, () => {
    assert.throws(call, new RegExp(`^InputError: ${name}: hidden layer 0 is leakyRelu, expected ReLU.*reconstruct`));
  });
test('exclusivityReduction refuses ReLU6 by name', async () => {
  const six = mlp({ widths: [6, 8, 3], activation: { kind: 'relu6' } });
  await assert.rejects(exclusivityReduction(six, batch), /exclusivityReduction: hidden layer 0 is relu6/);
});
test('reconstructUpdate says why it does not read several steps of a network with leaky ReLUs', () => {
  const found = reconstructUpdate(localUpdate(model, batch, { rate: 0.1, epochs: 2 }));
  assert.equal(found.status, 'not-unique');
  assert.match(found.reason, /not all ReLU/);
});
for (const kind of ['sigmoid', 'tanh', 'gelu'])
  test(`mlp refuses ${kind} by name with what remains possible`, () => {
    assert.throws(
      () => mlp({ widths: [6, 8, 3], activation: { kind } as unknown as PiecewiseLinear }),
      new RegExp(`mlp: activation is ${kind}, expected relu, leakyRelu, prelu or relu6; .*baselines`),
    );
  });
test('mlp and mlpOf refuse a slope outside (0, 1), and activations that are not one for each hidden layer', () => {
  for (const slope of [0, 1, -0.1, Number.NaN])
    assert.throws(() => mlp({ widths: [6, 8, 3], activation: { kind: 'leakyRelu', slope } }), /slope is .*between 0/);
  assert.throws(() => mlpOf(model.dense, [leaky, leaky]), /2 activations, expected 1/);
});
test('mlpOf refuses slopes of PReLU that are negative, no Float64Array, or not one for each neuron', () => {
  const prelu = (slopes: unknown) => mlpOf(model.dense, { kind: 'prelu', slopes } as PiecewiseLinear);
  assert.throws(() => prelu(new Float64Array(8).fill(-0.1)), /slope 0 is -0.1, expected at least 0/);
  assert.throws(() => prelu(0.1), /slopes are number, expected a Float64Array/);
  assert.throws(() => prelu(new Float64Array(7)), /hidden layer 0 has 8 neurons, expected as many slopes/);
});
test('other weights, and the layers from one up, keep their activations', () => {
  const deep = mlp({ widths: [6, 8, 7, 3] });
  const mixed = mlpOf(deep.dense, [leaky, { kind: 'relu6' }]);
  assert.deepEqual(withWeights(mixed, deep.dense).activations, mixed.activations);
  assert.deepEqual(partAbove(mixed, 1).activations, [{ kind: 'relu6' }]);
  assert.deepEqual(
    mixed.layers.map(({ kind }) => kind),
    ['dense', 'leakyRelu', 'dense', 'relu6', 'dense'],
  );
});
