import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('a sample that stands twice in the last mini-batch leaves the batch open: seed 1777 of the campaign', () => {
  const { update } = updateCase(1777);
  assert.equal(reconstructUpdate(update, { patience: 200 }).status, 'approximate');
});
