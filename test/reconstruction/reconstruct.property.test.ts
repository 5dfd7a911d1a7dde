import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exclusivityState } from '../../src/exclusivity/exclusivityState';
import { securityBoundary } from '../../src/exclusivity/securityBoundary';
import { captureGradient } from '../../src/gradient/captureGradient';
import { matrix, row } from '../../src/math/matrix';
import { normal, rng } from '../../src/math/rng';
import type { Initialiser } from '../../src/model/initialise';
import { mlp } from '../../src/model/mlp';
import { reconstruct } from '../../src/reconstruction/reconstruct';
import { recovered } from '../../src/reconstruction/result';
import type { AveragedGradient, Batch, Mlp, Precision, Reduction } from '../../src/types';
import { certify } from '../../src/verification/certificate/certify';

/** A net of depth 1-4 and width 8-512 with a batch of 1-12 Gaussian samples; shrinks to few, narrow layers and samples. */
const cases = fc.record({
  classes: fc.constantFrom(2, 3, 5, 10, 20),
  inputs: fc.integer({ min: 2, max: 61 }),
  hidden: fc.array(fc.constantFrom(8, 16, 32, 64, 128, 256, 512), { minLength: 1, maxLength: 4, size: 'max' }),
  size: fc.integer({ min: 1, max: 12 }),
  biases: fc.boolean(),
  init: fc.constantFrom<Initialiser>('pytorch', 'he', 'xavier'),
  precision: fc.constantFrom<Precision | 'rounded'>('float64', 'float64', 'rounded'),
  reduction: fc.constantFrom<Reduction>('mean', 'mean', 'sum'),
  seed: fc.noShrink(fc.nat()),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

interface Made {
  readonly model: Mlp;
  readonly batch: Batch;
  readonly gradient: AveragedGradient;
}

function made(c: Case): Made {
  const { classes, inputs, hidden, size, seed, biases, init, precision, reduction } = c;
  const u = rng(seed);
  const model = mlp({ widths: [inputs, ...hidden, classes], seed, biases, init });
  const entries = Float64Array.from({ length: size * inputs }, () => normal(u));
  const labels = Int32Array.from({ length: size }, () => Math.floor(u() * classes));
  const batch = { inputs: matrix(size, inputs, entries), labels };
  return { model, batch, gradient: captureGradient(model, batch, { precision, reduction }) };
}

/** Euclidean norm of the gradient of layer 0, as the batch or one of its samples gives it. */
function norm({ gradients: [first] }: AveragedGradient): number {
  return Math.sqrt(first!.weight.data.reduce((sum, v) => sum + v * v, 0));
}

/**
 * Smallest relative squared distance of a recovered sample to a true one with the same label, times that one's share of the
 * gradient, squared: of a sample that hardly contributes, rounding leaves hardly anything.
 */
function distance(input: Float64Array, label: number, { model, batch, gradient }: Made): number {
  const { inputs, labels } = batch;
  let best = Number.POSITIVE_INFINITY;
  for (let m = 0; m < inputs.rows; m++) {
    if (labels[m] !== label) continue;
    const x = row(inputs, m);
    const misfit = x.reduce((sum, v, d) => sum + (v - (input[d] as number)) ** 2, 0);
    const own = captureGradient(model, { inputs: matrix(1, inputs.columns, x), labels: Int32Array.of(label) });
    const share = norm(own) / (gradient.reduction === 'sum' ? 1 : inputs.rows) / norm(gradient);
    best = Math.min(best, (misfit / x.reduce((sum, v) => sum + v * v, 0)) * share ** 2);
  }
  return best;
}

const isDead = ({ gradients }: AveragedGradient): boolean =>
  gradients.every(({ weight }) => weight.data.every((v) => v === 0));

test('over random nets, a batch in the insecure boundary is recovered exactly and no answer claims what is not so', () => {
  let insecure = 0;
  let outside = 0;
  const holds = fc.property(cases, (c) => {
    const truth = made(c);
    const { model, batch, gradient } = truth;
    fc.pre(!isDead(gradient));
    const found = reconstruct(model, gradient, { methods: ['exan'] });
    const limit = gradient.precision === 'float64' ? 1e-18 : 1e-6;
    // under `sum` a sample without loss leaves no trace, so confident networks have no exact answers: found all the same
    const traceless = c.reduction === 'sum' && /would leave no trace/.test(found.reason);
    // one or two samples of a network that hardly sees its input may be means of nearly equal ones: found all the same
    const alike = batch.inputs.rows <= 2 && /might be the mean of several/.test(found.reason);
    const whole = found.status === 'exact' || traceless || alike;
    if (whole) {
      for (const s of found.samples)
        assert.ok(
          'input' in s && distance(s.input, s.label, truth) < limit,
          'a sample called exact is not in the batch',
        );
      assert.equal(found.batchSize, batch.inputs.rows);
      if (found.status === 'exact') assert.equal(certify(model, gradient, recovered(found), found).verdict, 'holds');
    }
    const unsolvable = c.classes === 2 && !c.biases; // lengths are ambiguous there
    const inside = securityBoundary(exclusivityState(model, batch)).insecure;
    if (inside && !unsolvable) {
      insecure++;
      assert.ok(whole, found.reason);
    } else if (!inside) outside++;
    assert.notEqual(found.status, 'inconsistent', 'a true gradient was called inconsistent');
  });
  fc.assert(holds, { seed: 10_000, numRuns: 250 });
  assert.ok(insecure >= 40 && outside >= 40, `only ${insecure} cases inside, ${outside} outside`);
});

test('with 10 % Gaussian noise nothing is exact', () => {
  const refused = fc.property(cases, (c) => {
    const { model, gradient } = made(c);
    fc.pre(!isDead(gradient));
    const u = rng(c.seed + 1);
    for (const v of gradient.gradients.flatMap(({ weight, bias }) => [weight.data, ...(bias ? [bias] : [])])) {
      const size = Math.sqrt(v.reduce((s, x) => s + x * x, 0) / v.length);
      for (let k = 0; k < v.length; k++) v[k]! += 0.1 * size * normal(u);
    }
    const found = reconstruct(model, gradient);
    assert.notEqual(found.status, 'exact');
  });
  fc.assert(refused, { seed: 10_000, numRuns: 60 });
});

test('with noise on a single layer nothing is exact', () => {
  const { model, gradient } = made({
    ...{ classes: 5, inputs: 20, hidden: [32, 16], size: 2, biases: true, seed: 1 },
    ...{ init: 'pytorch', precision: 'float64', reduction: 'mean' },
  });
  for (let layer = 0; layer < model.dense.length; layer++) {
    const copy = {
      ...gradient,
      gradients: gradient.gradients.map((g) => ({ ...g, weight: { ...g.weight, data: g.weight.data.slice() } })),
    };
    const data = copy.gradients[layer]!.weight.data;
    const u = rng(layer);
    for (let k = 0; k < data.length; k++) data[k]! *= 1 + 0.1 * normal(u);
    const found = reconstruct(model, copy);
    assert.notEqual(found.status, 'exact', `layer ${layer}`);
    assert.ok(
      found.samples.every((s) => s.status !== 'exact'),
      `layer ${layer}`,
    );
  }
});
