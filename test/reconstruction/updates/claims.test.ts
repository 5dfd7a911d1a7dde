import assert from 'node:assert/strict';
import { test } from 'node:test';
import { norm, row } from '../../../src/math/matrix';
import { reconstructUpdate } from '../../../src/reconstruction/reconstructUpdate';
import type { Batch } from '../../../src/types';
import { updateCase } from '../../support/claims/updateCase';

/** Root mean square distance of an input to the nearest sample of this label, over the sample's size. */
function distance(input: Float64Array, label: number, { inputs, labels }: Batch): number {
  return Math.min(
    ...[...labels.keys()]
      .filter((m) => labels[m] === label)
      .map((m) => norm(row(inputs, m).map((v, k) => v - (input[k] as number))) / norm(row(inputs, m))),
  );
}

test('150 random clients: nothing called exact is wrong, whatever is stated wrong or stands twice', () => {
  const wrong: string[] = [];
  let exact = 0;
  for (let seed = 0; seed < 150; seed++) {
    const { secret, update, twist } = updateCase(seed);
    const found = reconstructUpdate(update, { seconds: 2, patience: 200 });
    if (found.status !== 'exact') continue;
    exact++;
    // where every sample stands twice, or nearly so, the mean does not show it: as for one step
    const counted = found.batchSize === secret.labels.length || 2 * found.batchSize === secret.labels.length;
    const errors = found.samples.map((s) => distance(s.input, s.label, secret));
    if (!counted || Math.max(...errors) > 2e-3)
      wrong.push(`seed ${seed}, ${twist}: ${found.batchSize} samples, ${Math.max(...errors)}`);
  }
  assert.deepEqual(wrong, []);
  assert.ok(exact >= 15, `${exact} exact: the cases are too hard to say anything`);
});
