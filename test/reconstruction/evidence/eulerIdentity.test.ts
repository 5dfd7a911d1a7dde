import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { normal, rng } from '../../../src/math/rng';
import { mlp } from '../../../src/model/mlp';
import { eulerIdentity } from '../../../src/reconstruction/evidence/eulerIdentity';
import { measureNoise } from '../../../src/reconstruction/evidence/measureNoise';
import type { AveragedGradient } from '../../../src/types';

const model = mlp({ widths: [60, 80, 40, 6], seed: 1 });
const batch = gaussian({ size: 5, dimension: 60, classes: 6, seed: 2 });
const exact = captureGradient(model, batch);
const noisy = (deviation: number, seed: number): AveragedGradient => {
  const u = rng(seed);
  const add = (values: Float64Array): Float64Array => values.map((v) => v + deviation * normal(u));
  return {
    ...exact,
    gradients: exact.gradients.map(({ weight, bias }) => ({
      weight: { ...weight, data: add(weight.data) },
      ...(bias && { bias: add(bias) }),
    })),
  };
};
const added = (additive: number) => {
  const own = { additive, relative: 0, hidden: 0 };
  return model.dense.map(() => ({ weight: own, bias: own }));
};

test('Euler’s identity holds for every neuron of every layer to rounding', () => {
  for (const layer of [0, 1])
    for (const { misfit, terms } of eulerIdentity(model, exact, layer, added(0), 0))
      assert.ok(Math.abs(misfit) <= 1e-14 * Math.sqrt(terms), `${misfit}`);
});
test('its variance is what added noise makes of the misfit, within 5 % over 40 gradients of 80 neurons', () => {
  let [sum, count] = [0, 0];
  for (let seed = 1; seed <= 40; seed++)
    for (const { misfit, variance } of eulerIdentity(model, noisy(1e-3, seed), 0, added(1e-3), 0)) {
      sum += misfit ** 2 / variance;
      count++;
    }
  assert.ok(Math.abs(sum / count - 1) < 0.05, `${sum / count}`);
});
test('measureNoise finds the deviation of added noise in every array within 15 %', () => {
  const measured = measureNoise(noisy(1e-4, 7), 1e-14);
  assert.ok(measured);
  measured.forEach(({ weight }, i) =>
    assert.ok(Math.abs(weight.additive / 1e-4 - 1) < 0.15, `layer ${i}: ${weight.additive}`),
  );
});
