import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data/synthetic';
import { localUpdate } from '../../../src/gradient/localUpdate';
import { mlp } from '../../../src/model/mlp';
import { reconstructUpdate } from '../../../src/reconstruction/reconstructUpdate';
import { falseExact, falseTraining } from '../../support/claims/judgeUpdate';
import { updateCase } from '../../support/claims/updateCase';

// test/bench/updateClaims.mjs runs as many of these as one has time for
for (const { cases, deep, least } of [
  { cases: 150, deep: false, least: 15 },
  { cases: 60, deep: true, least: 5 },
])
  test(`${cases} random clients${deep ? ' with two hidden layers' : ''}: nothing called exact is wrong, whatever is stated wrong, not stated, or stands twice`, () => {
    const wrong: string[] = [];
    let exact = 0;
    for (let seed = 0; seed < cases; seed++) {
      const { secret, update, honest, twist } = updateCase(seed, deep);
      const found = reconstructUpdate(update, { seconds: 2, patience: 200 });
      if (found.status === 'exact') exact++;
      const why = falseExact(found, secret) ?? falseTraining(found, secret, honest);
      if (why !== null) wrong.push(`seed ${seed}, ${twist}: ${why}`);
    }
    assert.deepEqual(wrong, []);
    assert.ok(exact >= least, `${exact} exact: the cases are too hard to say anything`);
  });

test('a sample that stands twice, in the last mini-batch or in two of them, leaves the batch open', () => {
  const { inputs } = gaussian({ size: 4, dimension: 60, classes: 3, seed: 1 });
  inputs.data.copyWithin(60, 0, 60);
  const secret = { inputs, labels: Int32Array.of(0, 0, 1, 0) };
  const found = [0, 3].map((seed) => {
    const update = localUpdate(mlp({ widths: [60, 64, 3], seed: 1 }), secret, {
      rate: 0.01,
      epochs: 1,
      batchSize: 2,
      seed,
    });
    return reconstructUpdate(update, { seconds: 20 });
  });
  assert.deepEqual(
    found.map(({ status, batchSize }) => [status, batchSize]),
    [
      ['approximate', 3],
      ['approximate', 4],
    ],
  );
  assert.match(found[0]!.reason, /might hold its samples several times/);
  assert.match(found[1]!.reason, /have the weight of several/);
});
