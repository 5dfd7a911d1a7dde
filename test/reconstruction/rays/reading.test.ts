import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headReading, likelyLabels } from '../../../src/reconstruction/rays/lossReading';
import { fitWeight } from '../../../src/reconstruction/rays/weightFit';

const of = (...values: number[]): Float64Array => Float64Array.of(...values);

test('fitWeight by hand: values 2, 4, 5 of a prediction 1, 2, 2', () => {
  // weight = (2 + 8 + 10) / 9, chi-squared = 45 - 400 / 9, fall 400 / 9
  const fit = fitWeight(
    { values: of(2, 4, 5), variance: of(1, 1, 1) },
    { expected: of(1, 2, 2), variance: of(0, 0, 0) },
  );
  assert.ok(Math.abs(fit.weight - 20 / 9) < 1e-15);
  assert.ok(Math.abs(fit.chiSquared - (45 - 400 / 9)) < 1e-13 && Math.abs(fit.evidence - 400 / 9) < 1e-13);
  assert.ok(Math.abs(fit.relative - 1 / Math.sqrt(400 / 9)) < 1e-15);
});
test('what pruning took counts for nothing, and a prediction’s own error for its weight squared', () => {
  const pruned = fitWeight(
    { values: of(2, 0), variance: of(1, Number.POSITIVE_INFINITY) },
    { expected: of(1, 7), variance: of(0, 0) },
  );
  assert.deepEqual([pruned.weight, pruned.count], [2, 1]);
  const vague = fitWeight({ values: of(2, 4), variance: of(1, 1) }, { expected: of(1, 2), variance: of(1, 0) });
  assert.equal(vague.weight, 2);
  assert.ok(Math.abs(vague.evidence - (4 / 5 + 16)) < 1e-12); // 2² / (1 + 2² 1) + 4² / 1
});
test('headReading adds columns whose activations are positive; two negative entries are no loss vector', () => {
  const seen = { values: of(0.2, -0.6, 0.4, 0.1, -0.3, 0.2), variance: of(1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6) };
  const read = headReading(seen, 2, 3);
  const { values } = read;
  assert.ok(Math.abs((values[1] as number) / (values[0] as number) + 3) < 1e-12);
  assert.equal(likelyLabels(read)[0], 1);
  assert.deepEqual(likelyLabels({ values: of(-0.5, -0.5, 1), variance: of(1e-6, 1e-6, 1e-6) }), []);
  // what drowns in its noise may be any label
  assert.equal(likelyLabels({ values: of(-0.5, -0.5, 1), variance: of(1, 1, 1) }).length, 3);
});
