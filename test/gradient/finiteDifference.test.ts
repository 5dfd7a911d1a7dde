import assert from 'node:assert/strict';
import test from 'node:test';
import { gaussian } from '../../src/data/synthetic';
import { captureGradient } from '../../src/gradient/captureGradient';
import { finiteDifference, finiteDifferenceAt } from '../../src/gradient/finiteDifference';
import { fromRows } from '../../src/math/matrix';
import { mlp, mlpOf } from '../../src/model/mlp';
import { relativeError } from '../support/closeness';

for (const widths of [
  [6, 7, 2],
  [6, 9, 8, 3],
  [6, 9, 8, 7, 10],
])
  for (const biases of [true, false])
    for (const reduction of ['mean', 'sum'] as const)
      test(`finite differences agree with captureGradient: ${widths}, ${biases ? 'biases' : 'no biases'}, ${reduction}`, () => {
        const model = mlp({ widths, seed: 4, biases });
        const batch = gaussian({ size: 5, dimension: 6, classes: widths.at(-1) as number, seed: 1 });
        const exact = captureGradient(model, batch, { reduction });
        const differences = finiteDifference(model, batch, { reduction });
        assert.equal(differences.reduction, reduction);
        assert.ok(relativeError(differences.gradients, exact.gradients) < 1e-8);
      });
test('finiteDifferenceAt worked out by hand: one neuron, x = 2, logits [2w, 0] at w = 0.5', () => {
  const model = mlpOf([{ weight: fromRows([[0.5]]) }, { weight: fromRows([[1], [0]]) }]);
  const batch = { inputs: fromRows([[2]]), labels: Int32Array.of(0) };
  const p = Math.E / (Math.E + 1);
  const [hidden, head] = finiteDifferenceAt(model, batch, [
    { layer: 0, row: 0, column: 0 },
    { layer: 1, row: 1, column: 0 },
  ]);
  assert.ok(Math.abs((hidden as number) - (p - 1) * 2) < 1e-9);
  assert.ok(Math.abs((head as number) - (1 - p)) < 1e-9);
  assert.equal(model.dense[0]?.weight.data[0], 0.5);
});
test('finiteDifferenceAt rejects weights that are not there', () => {
  const model = mlp({ widths: [6, 7, 2], biases: false });
  const batch = gaussian({ size: 5, dimension: 6, classes: 2 });
  const at = (layer: number, row: number, column?: number) => () =>
    finiteDifferenceAt(model, batch, [column === undefined ? { layer, row } : { layer, row, column }]);
  assert.throws(at(2, 0, 0), /no weight at layer 2/);
  assert.throws(at(0, 0, 6), /column 6/);
  assert.throws(at(0, 7, 0), /row 7/);
  assert.throws(at(0, 0), /column bias/);
});
