import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exclusivityState } from '../../src/exclusivity/exclusivityState';
import { securityBoundary } from '../../src/exclusivity/securityBoundary';
import { captureGradient } from '../../src/gradient/captureGradient';
import { matrix } from '../../src/math/matrix';
import { normal, rng } from '../../src/math/rng';
import type { Initialiser } from '../../src/model/initialise';
import { mlp } from '../../src/model/mlp';
import { reconstruct } from '../../src/reconstruction/reconstruct';
import { recovered } from '../../src/reconstruction/result';
import type { AveragedGradient, Batch, Mlp, Precision, Reduction } from '../../src/types';
import { certify } from '../../src/verification/certificate/certify';

interface Case {
  readonly model: Mlp;
  readonly batch: Batch;
  readonly gradient: AveragedGradient;
}

/** A random net of depth 1-4 and width 8-512 with a random batch of 1-12 Gaussian samples; the seed says it all. */
function randomCase(seed: number): Case {
  const u = rng(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(u() * choices.length)] as T;
  const classes = pick([2, 3, 5, 10, 20]);
  const inputs = 2 + Math.floor(u() * 60);
  const hidden = Array.from({ length: 1 + Math.floor(u() * 4) }, () => pick([8, 16, 32, 64, 128, 256, 512]));
  const size = 1 + Math.floor(u() * 12);
  const biases = u() < 0.5;
  const model = mlp({
    widths: [inputs, ...hidden, classes],
    seed,
    biases,
    init: pick<Initialiser>(['pytorch', 'he', 'xavier']),
  });
  const batch = {
    inputs: matrix(
      size,
      inputs,
      Float64Array.from({ length: size * inputs }, () => normal(u)),
    ),
    labels: Int32Array.from({ length: size }, () => Math.floor(u() * classes)),
  };
  const precision = pick<Precision | 'rounded'>(['float64', 'float64', 'rounded']);
  const reduction = pick<Reduction>(['mean', 'mean', 'sum']);
  return { model, batch, gradient: captureGradient(model, batch, { precision, reduction }) };
}

/** Smallest relative squared distance of a recovered sample to a true one with the same label. */
function distance(input: Float64Array, label: number, { inputs, labels }: Batch): number {
  let best = Number.POSITIVE_INFINITY;
  for (let m = 0; m < inputs.rows; m++) {
    if (labels[m] !== label) continue;
    const x = inputs.data.subarray(m * inputs.columns, (m + 1) * inputs.columns);
    const misfit = x.reduce((sum, v, d) => sum + (v - (input[d] as number)) ** 2, 0);
    best = Math.min(best, misfit / x.reduce((sum, v) => sum + v * v, 0));
  }
  return best;
}

const seeds = Array.from({ length: 250 }, (_, k) => 10_000 + k);

test('over random nets, a batch in the insecure boundary is recovered exactly and no answer claims what is not so', () => {
  let insecure = 0;
  let outside = 0;
  for (const seed of seeds) {
    const { model, batch, gradient } = randomCase(seed);
    if (gradient.gradients.every(({ weight }) => weight.data.every((v) => v === 0))) continue; // a dead network
    const found = reconstruct(model, gradient, { methods: ['exan'] });
    const limit = gradient.precision === 'float64' ? 1e-18 : 1e-6;
    for (const s of found.samples)
      if (s.status === 'exact')
        assert.ok(
          distance(s.input!, s.label!, batch) < limit,
          `seed ${seed}: a sample called exact is not in the batch`,
        );
    if (found.status === 'exact') {
      assert.equal(found.batchSize, batch.inputs.rows, `seed ${seed}: batch size`);
      assert.equal(certify(model, gradient, recovered(found), found.reduction).verdict, 'holds', `seed ${seed}`);
    }
    const unsolvable = model.widths.at(-1) === 2 && model.dense.every((l) => !l.bias); // lengths are ambiguous there
    const inside = securityBoundary(exclusivityState(model, batch)).insecure;
    if (inside && !unsolvable) {
      insecure++;
      assert.equal(found.status, 'exact', `seed ${seed}: ${found.reason}`);
    } else if (!inside) outside++;
    assert.notEqual(found.status, 'inconsistent', `seed ${seed}: a true gradient was called inconsistent`);
  }
  assert.ok(insecure >= 40 && outside >= 40, `only ${insecure} cases inside, ${outside} outside`);
});

test('with 10 % Gaussian noise nothing is exact and the gradient is called inconsistent', () => {
  for (const seed of seeds.slice(0, 60)) {
    const { model, gradient } = randomCase(seed);
    const u = rng(seed + 1);
    const values = gradient.gradients.flatMap(({ weight, bias }) => [weight.data, ...(bias ? [bias] : [])]);
    if (values.every((v) => v.every((x) => x === 0))) continue;
    for (const v of values) {
      const size = Math.sqrt(v.reduce((s, x) => s + x * x, 0) / v.length);
      for (let k = 0; k < v.length; k++) v[k]! += 0.1 * size * normal(u);
    }
    const found = reconstruct(model, gradient);
    assert.equal(found.status, 'inconsistent', `seed ${seed}`);
    assert.ok(found.samples.every((s) => s.status !== 'exact'));
  }
});

test('noise on a single layer is enough to be called inconsistent', () => {
  const { model, gradient } = randomCase(10_003);
  for (let layer = 0; layer < model.dense.length; layer++) {
    const copy = {
      ...gradient,
      gradients: gradient.gradients.map((g) => ({ ...g, weight: { ...g.weight, data: g.weight.data.slice() } })),
    };
    const data = copy.gradients[layer]!.weight.data;
    const u = rng(layer);
    for (let k = 0; k < data.length; k++) data[k]! *= 1 + 0.1 * normal(u);
    assert.equal(reconstruct(model, copy).status, 'inconsistent', `layer ${layer}`);
  }
});
