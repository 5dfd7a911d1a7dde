import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetOf } from '../../src/baselines/budget';
import { dictionary } from '../../src/baselines/dictionary';
import { columnPool } from '../../src/baselines/sparse/columnPool';
import { disaggregate } from '../../src/baselines/sparse/disaggregate';
import { type LayerFactor, layerFactor } from '../../src/baselines/sparse/layerFactor';
import { spear } from '../../src/baselines/spear';
import { mnist } from '../../src/data/mnist';
import { captureGradient } from '../../src/gradient/captureGradient';
import { gemm } from '../../src/math/gemm';
import { matrix, row } from '../../src/math/matrix';
import { backward } from '../../src/model/backward';
import { forward } from '../../src/model/forward';
import { mlp } from '../../src/model/mlp';
import { assertWhole } from '../support/recovered';
import { uniformBatch } from '../support/uniformBatch';

const small = mlp({ widths: [20, 150, 20, 4], seed: 1, init: 'he' });
const four = uniformBatch(4, 20, 4, 3);
const large = mlp({ widths: [784, 512, 10], seed: 1 });
const digits = mnist().then((all) => all.draw({ size: 4, seed: 1 }));

async function factorOf(): Promise<LayerFactor> {
  const factor = await layerFactor('test', small, captureGradient(small, four), budgetOf('test', {}));
  assert.ok('left' in factor);
  return factor;
}

/** A sample's own direction: its true deltas in the basis of the gradient's column space. */
function directionsOf(model: typeof small, batch: typeof four, factor: LayerFactor): Float64Array[] {
  const all = backward(model, forward(model, batch.inputs), batch.labels)[0];
  assert.ok(all);
  return Array.from(batch.labels, (_, m) => {
    const own = Float64Array.from(factor.live, (j) => all.data[m * all.columns + j] as number);
    return gemm(matrix(1, own.length, own), factor.left).data;
  });
}

for (const [name, attack] of Object.entries({ spear, dictionary })) {
  test(`${name} reads four samples of a deep network, and four digits from float64 and float32`, async () => {
    assertWhole(await attack(small, captureGradient(small, four)), four);
    assertWhole(await attack(large, captureGradient(large, await digits)), await digits);
    const single = await attack(large, captureGradient(large, await digits, { precision: 'float32' }));
    assert.equal(single.inputs.rows, 4);
    const truth = await digits;
    for (let m = 0; m < 4; m++) {
      const nearest = Math.min(...[0, 1, 2, 3].map((k) => furthest(row(single.inputs, k), row(truth.inputs, m))));
      assert.ok(nearest < 1e-2);
    }
  });
  test(`${name} reads a single sample`, async () => {
    const one = uniformBatch(1, 20, 4, 4);
    assertWhole(await attack(small, captureGradient(small, one)), one);
  });
  test(`${name} says that a batch as large as its layer shows no size`, async () => {
    const narrow = mlp({ widths: [20, 8, 4], seed: 1 });
    const found = await attack(narrow, captureGradient(narrow, uniformBatch(12, 20, 4, 1)));
    assert.deepEqual([found.inputs.rows, found.inputs.columns], [0, 20]);
    assert.match(found.reason, /full rank/);
  });
  test(`${name} ends at its time and at a signal, and needs biases and an integer seed`, async () => {
    const many = (await mnist()).draw({ size: 40, seed: 1 });
    const gradient = captureGradient(large, many);
    assert.equal((await attack(large, gradient, { seconds: 0.1 })).ended, 'time');
    const stop = AbortSignal.abort();
    const stopped = await attack(large, gradient, { signal: stop });
    assert.equal(stopped.ended, 'signal');
    assert.match(stopped.reason, /stopped before the rank/);
    const bare = mlp({ widths: [20, 50, 4], biases: false });
    await assert.rejects(attack(bare, captureGradient(bare, four)), /layer 0 has no biases/);
    await assert.rejects(attack(small, captureGradient(small, four), { seed: 0.5 }), /seed is 0.5/);
  });
}

test('spear refuses a number of submatrices that is none, and ends after as many as it may try', async () => {
  const gradient = captureGradient(small, four);
  await assert.rejects(spear(small, gradient, { samples: -1 }), /samples is -1/);
  assert.equal((await spear(small, gradient, { samples: 1 })).ended, 'iterations');
});

test('disaggregate of the true directions gives the batch, in full agreement, and none of dependent ones', async () => {
  const factor = await factorOf();
  const directions = directionsOf(small, four, factor);
  const read = disaggregate(small, factor, directions, 1e-9);
  assert.equal(read?.agreement, 1);
  assert.ok(furthest(read?.inputs.data ?? new Float64Array(0), four.inputs.data) < 1e-9);
  assert.equal(disaggregate(small, factor, [...directions.slice(0, 3), directions[0] as Float64Array], 1e-9), null);
});

test('columnPool lets a sample take the place of a sum in which it stands, and not the other way round', async () => {
  const factor = await factorOf();
  const [a, b] = directionsOf(small, four, factor) as [Float64Array, Float64Array];
  const pool = columnPool(small, factor);
  assert.ok(pool.add(a));
  assert.ok(pool.add(b));
  assert.equal(pool.count(), 2);
  assert.equal(pool.add(a), false);
  assert.equal(pool.add(a.map((v, i) => v + 0.3 * (b[i] as number))), false);
});

function furthest(a: Float64Array, b: Float64Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - (b[i] as number))), 0);
}
