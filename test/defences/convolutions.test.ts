import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pick } from '../../src/data/draw';
import { composeBatch } from '../../src/defences/composeBatch';
import { dpSgd } from '../../src/defences/dpSgd';
import { dropout } from '../../src/defences/dropout';
import { exclusivityInduction } from '../../src/defences/exclusivityInduction';
import { exclusivityReduction } from '../../src/defences/exclusivityReduction';
import { maskExclusiveRows } from '../../src/defences/maskExclusiveRows';
import { maskFirstLayer } from '../../src/defences/maskFirstLayer';
import { perturbPatterns } from '../../src/defences/perturbPatterns';
import { prune } from '../../src/defences/prune';
import { quantise } from '../../src/defences/quantise';
import { withholdLayers } from '../../src/defences/withholdLayers';
import { captureGradient } from '../../src/gradient/captureGradient';
import { finiteDifference } from '../../src/gradient/finiteDifference';
import { flattenGradient, gradientDifference, gradientNorm } from '../../src/gradient/gradientDifference';
import { convNet } from '../../src/model/convNet';
import { weightedLayers } from '../../src/model/layers';
import { withWeights } from '../../src/model/withWeights';
import type { AveragedGradient, Mlp } from '../../src/types';
import { uniformBatch } from '../support/uniformBatch';

const input = { channels: 1, height: 6, width: 6 };
const model = convNet({ input, plan: [8, 'maxPool', 12], head: [10, 9], classes: 3, init: 'pytorch', seed: 2 });
const batch = uniformBatch(4, 36, 3, 1);
const plain = captureGradient(model, batch);
const flat = ({ gradients }: AveragedGradient) => flattenGradient(gradients);
const zero = ({ gradients }: AveragedGradient): boolean[] =>
  gradients.map(({ weight, bias }) => [...weight.data, ...(bias ?? [])].every((v) => v === 0));

test('defences on the gradient of a convolutional network do nothing at strength 0', () => {
  for (const shared of [
    prune(plain, 0),
    quantise(plain, 'none'),
    maskFirstLayer(plain, 0),
    withholdLayers(plain, []),
    dpSgd(model, batch),
    dropout(model, batch, 0),
  ])
    assert.deepEqual(shared, plain);
});
test('dpSgd of a convolutional network: the mean of the samples, each with norm C at most, plus noise', () => {
  const clip = 0.5 * gradientNorm(plain.gradients);
  const mean = new Float64Array(flat(plain).length);
  for (let m = 0; m < 4; m++) {
    const own = captureGradient(model, pick(batch, [m]));
    const factor = Math.min(1, clip / gradientNorm(own.gradients));
    assert.ok(factor < 1, `sample ${m} is clipped`);
    for (const [k, v] of flat(own).entries()) mean[k]! += (factor * v) / 4;
  }
  const quiet = flat(dpSgd(model, batch, { clip }));
  assert.ok(quiet.every((v, k) => Math.abs(v - mean[k]!) < 1e-14));
  assert.ok(gradientNorm(gradientDifference(dpSgd(model, batch, { clip: 1e6 }).gradients, plain.gradients)) < 1e-14);
  const loud = flat(dpSgd(model, batch, { clip, noise: 2, seed: 3 }));
  const deviation = Math.sqrt(loud.reduce((sum, v, k) => sum + (v - quiet[k]!) ** 2, 0) / loud.length);
  assert.ok(Math.abs(deviation / ((2 * clip) / 4) - 1) < 0.1, `${deviation}`);
});
test('dropout in the head of a convolutional network agrees with finite differences of the network without the silenced neurons', () => {
  const net = convNet({ input, plan: [8, 'maxPool', 12], head: [24], classes: 3, init: 'he', seed: 2 });
  const shared = dropout(net, batch, 0.5, 3);
  const [top, head] = [3, net.head.dense[1]!.weight];
  const silent = (k: number): boolean => [0, 1, 2].every((c) => shared.gradients[top]!.weight.data[c * 24 + k] === 0);
  const count = [...Array(24).keys()].filter(silent).length;
  assert.ok(count >= 6 && count <= 20, `${count} silent`);
  const cut = { ...head, data: head.data.map((v, k) => (silent(k % 24) ? 0 : 2 * v)) };
  const weights = weightedLayers(net).map(({ weight, bias }, i) => ({
    weight: i === top ? cut : weight,
    ...(bias && { bias }),
  }));
  const rest = finiteDifference(withWeights(net, weights), batch);
  for (const layer of [0, 1, 2]) {
    const [a, b] = [shared.gradients[layer]!, rest.gradients[layer]!];
    assert.ok(gradientNorm(gradientDifference([a], [b])) < 1e-6 * gradientNorm([a]), `layer ${layer}`);
  }
  // the shared weights are those before the cut: twice the derivative by what is left of them
  const upper = rest.gradients[top]!.weight.data.map((v, k) => (silent(k % 24) ? 0 : 2 * v));
  assert.ok(upper.every((v, k) => Math.abs(v - shared.gradients[top]!.weight.data[k]!) < 1e-8));
});
test('withholdLayers zeroes the layers named, weights and biases, and no other', () => {
  assert.deepEqual(zero(plain), [false, false, false, false, false]);
  assert.deepEqual(zero(withholdLayers(plain, [1, 4])), [false, true, false, false, true]);
  assert.deepEqual(withholdLayers(plain, [1]).gradients[2], plain.gradients[2]);
  assert.throws(() => withholdLayers(plain, [5]), /withholdLayers: layer is 5, expected one in 0\.\.4/);
  assert.throws(() => withholdLayers(plain, [0.5]), /layer is 0\.5/);
});
test('defences of exclusive neurons refuse a convolutional network, called from plain JavaScript too', async () => {
  const net = model as unknown as Mlp;
  const refused = (name: string) => ({
    name: 'InputError',
    message: new RegExp(`^${name}: the network has convolutions, expected a fully connected one`),
  });
  assert.throws(() => maskExclusiveRows(net, batch, plain), refused('maskExclusiveRows'));
  assert.throws(() => composeBatch(net, batch, batch), refused('composeBatch'));
  await assert.rejects(exclusivityReduction(net, batch), refused('exclusivityReduction'));
  await assert.rejects(exclusivityInduction(net, batch), refused('exclusivityInduction'));
  await assert.rejects(perturbPatterns(net, batch, []), refused('perturbPatterns'));
});
