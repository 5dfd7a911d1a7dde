import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gradientNorm } from '../../../src/gradient/gradientDifference';
import { gradientJacobian } from '../../../src/gradient/gradientJacobian';
import { gradientState } from '../../../src/gradient/gradientState';
import { gemm } from '../../../src/math/gemm';
import { dot, fromRows, norm, plus } from '../../../src/math/matrix';
import { normal, rng } from '../../../src/math/rng';
import { mlp } from '../../../src/model/mlp';
import type { Batch, Mlp } from '../../../src/types';
import { type Motions, motions } from '../../../src/verification/identifiability/motions';
import { softmaxMisfit } from '../../../src/verification/identifiability/nullConstraints';
import { type NullMotions, nullMotions } from '../../../src/verification/identifiability/nullMotions';
import { largestEntry, randomBatch } from '../../support/random';

const uncut = (model: Mlp, batch: Batch, space: Motions): NullMotions =>
  nullMotions(model, batch, space, () => false) as NullMotions;

const cases = [
  { name: 'few inputs, one hidden layer', widths: [4, 6, 3], M: 12, biases: true },
  { name: 'two classes, no biases', widths: [5, 4, 2], M: 6, biases: false },
  { name: 'two hidden layers', widths: [6, 5, 4, 3], M: 9, biases: true },
  { name: 'more inputs than neurons', widths: [9, 4, 3], M: 7, biases: true },
  { name: 'fewer samples than neurons', widths: [6, 12, 8, 3], M: 4, biases: true },
];
for (const { name, widths, M, biases } of cases) {
  const model = mlp({ widths, seed: 4, init: 'he', biases });
  const batch = randomBatch(M, widths[0] as number, widths.at(-1) as number, 5);
  const space = motions(model, batch);
  const uniform = rng(6);
  const draw = (): Float64Array => Float64Array.from({ length: space.size }, () => normal(uniform));

  test(`motions, ${name}: dX keeps the part of dG_0 in the range of the deltas, and W_0 sees firstLayer of it`, () => {
    const v = draw();
    const dX = space.inputs(v, 0, uniform);
    // dG_0 = Delta_0ᵀ dX + E_0ᵀ X, up to what E_0 moves out of the range
    const delta = space.deltas[0] as typeof dX;
    const change = space.deltaChange(v, 0);
    const dG = plus(gemm(delta, dX, { a: true }), gemm(change, batch.inputs, { a: true }));
    const inRange = gemm(fromRows(space.samples.range, delta.columns), dG);
    assert.ok(largestEntry(inRange) < 1e-11 * (1 + largestEntry(dX)), `${largestEntry(inRange)}`);
    const seen = gemm(dX, (model.dense[0] as { weight: typeof dX }).weight, { b: true });
    assert.ok(largestEntry(plus(seen, space.firstLayer(v), -1)) < 1e-11 * (1 + largestEntry(seen)));
  });
  test(`motions, ${name}: an unseen part changes dX and no pre-activation`, () => {
    const v = draw();
    const hidden = plus(space.inputs(v, 1, rng(7)), space.inputs(v, 0, rng(7)), -1);
    assert.equal(largestEntry(hidden) > 1e-3, space.unseen > 0);
    const { weight } = model.dense[0] as { weight: typeof hidden };
    assert.ok(largestEntry(gemm(hidden, weight, { b: true })) < 1e-12 * (1 + largestEntry(hidden)));
  });
  test(`nullMotions, ${name}: orthonormal, each of them leaves the whole gradient as it is; other motions do not`, () => {
    const { basis, margin } = uncut(model, batch, space);
    assert.ok(margin > 1e-8, `margin ${margin}`);
    const jacobian = gradientJacobian(model, gradientState(model, batch));
    const felt = (v: Float64Array): number => {
      const dX = space.inputs(v, 0, uniform);
      return gradientNorm(jacobian.times({ inputs: dX })) / norm(dX.data);
    };
    basis.forEach((p, i) => {
      basis.forEach((q, j) => {
        assert.ok(Math.abs(dot(p, q) - (i === j ? 1 : 0)) < 1e-12);
      });
      assert.ok(felt(p) < 1e-9, `null direction ${i}: ${felt(p)}`);
      assert.ok(norm(softmaxMisfit(space, p)) < 1e-10);
    });
    const other = draw();
    assert.ok(felt(other) > 1e-3 && norm(softmaxMisfit(space, other)) > 1e-3);
  });
}
test('the cases have null motions and none, free samples and none', () => {
  const counts = cases.map(({ widths, M, biases }) => {
    const model = mlp({ widths, seed: 4, init: 'he', biases });
    const batch = randomBatch(M, widths[0] as number, widths.at(-1) as number, 5);
    const space = motions(model, batch);
    return [uncut(model, batch, space).basis.length > 0, space.samples.free.rows > 0, space.unseen > 0];
  });
  for (const k of [0, 1, 2]) assert.equal(new Set(counts.map((c) => c[k])).size, 2, `${counts.map(String)}`);
});
