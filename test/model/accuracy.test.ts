import assert from 'node:assert/strict';
import test from 'node:test';
import { gaussian } from '../../src/data/synthetic';
import { fromRows } from '../../src/math/matrix';
import { accuracy, accuracyInTurns, predictions } from '../../src/model/accuracy';
import { forward } from '../../src/model/forward';
import { mlp } from '../../src/model/mlp';

test('predictions takes the first of the largest logits', () => {
  assert.deepEqual(
    [
      ...predictions(
        fromRows([
          [1, 3, 2],
          [5, 5, 0],
        ]),
      ),
    ],
    [1, 0],
  );
});
test('accuracy counts the labels that forward puts first', () => {
  const model = mlp({ widths: [7, 9, 8, 3], seed: 2 });
  const batch = gaussian({ size: 40, dimension: 7, classes: 3, seed: 1 });
  const labels = predictions(forward(model, batch.inputs).logits);
  assert.equal(accuracy(model, { ...batch, labels }), 1);
  labels[0] = ((labels[0] as number) + 1) % 3;
  assert.equal(accuracy(model, { ...batch, labels }), 39 / 40);
});
test('accuracy rejects samples of another size', () => {
  assert.throws(
    () => accuracy(mlp({ widths: [7, 9, 3] }), gaussian({ size: 4, dimension: 6 })),
    /expected at least one of 7/,
  );
});
test('accuracyInTurns counts what accuracy counts, whatever is left for its last turn, and stops when asked to', async () => {
  const model = mlp({ widths: [7, 9, 3], seed: 2 });
  for (const size of [1, 500, 1234]) {
    const batch = gaussian({ size, dimension: 7, classes: 3, seed: 1 });
    assert.equal(await accuracyInTurns(model, batch), accuracy(model, batch));
  }
  const batch = gaussian({ size: 501, dimension: 7, classes: 3, seed: 1 });
  await assert.rejects(accuracyInTurns(model, batch, AbortSignal.abort()), { name: 'AbortError' });
});
