import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../../src/data';
import { captureGradient } from '../../../src/gradient/captureGradient';
import { gradientState } from '../../../src/gradient/gradientState';
import { mlp, mlpOf } from '../../../src/model/mlp';
import { doubts } from '../../../src/reconstruction/answer/accept';
import { runHere } from '../../../src/reconstruction/columns/runHere';
import { type Evidence, gatherEvidence } from '../../../src/reconstruction/evidence/evidence';
import { type WholeBatch, wholeBatch } from '../../../src/reconstruction/fit/wholeBatch';
import { noLimit } from '../../../src/reconstruction/working';
import type { AffineLayer, DenseMatrix } from '../../../src/types';

const model = mlp({ widths: [20, 64, 5], seed: 1 });
const truth = gaussian({ size: 4, dimension: 20, classes: 5, seed: 2 });
const evidence = gatherEvidence(model, captureGradient(model, truth, { precision: 'float32' }));
const losses = gradientState(model, truth, { shares: new Float64Array(4).fill(0.25) }).deltas[1] as DenseMatrix;
const whole = runHere(wholeBatch(evidence, { ...truth, losses, systems: [] }, noLimit)) as WholeBatch;
const doubted = (batch: Partial<WholeBatch>, other: Partial<Evidence> = {}): string | null =>
  doubts({ ...evidence, ...other }, { ...whole, ...batch });

test('the whole true batch is beyond doubt', () => assert.equal(doubted({}), null));

test('each way in which an answer may be less than exact is named', () => {
  const { agreement, errors } = whole;
  const wide = (m: number, error: number): Float64Array => errors.map((e, k) => (k === m ? error : e));
  const cases: [Partial<WholeBatch>, Partial<Evidence>, RegExp][] = [
    [{}, { added: [] }, /noise was added/],
    [{}, { unmeasured: true }, /noisier than its precision/],
    [{}, { withheld: [Uint8Array.of(0, 1)] }, /withheld/],
    [{ agreement: { ...agreement, holds: false } }, {}, /do not replay the gradient/],
    // noise that was measured larger than the precision says excuses nothing
    [{ agreement: { ...agreement, worst: 10 } }, { unit: 4 * evidence.unit }, /do not replay the gradient/],
    [{ size: null }, {}, /multiplied by something/],
    [{ factor: 0.1 }, {}, /multiplied by something/],
    [{ copies: [1, 1, 2, 1] }, {}, /weight of several/],
    [{ errors: wide(2, 0.1) }, {}, /sample 2 is known within 1\.0e-1 only/],
    [{ lossErrors: new Float64Array(4).fill(1e-3) }, {}, /might be the mean of several that differ a little/],
  ];
  for (const [batch, other, reason] of cases) assert.match(doubted(batch, other) ?? 'no doubt', reason);
});
test('two samples nearer to each other than their bars tell apart are not exact, with different labels they are', () => {
  const inputs = { ...whole.inputs, data: whole.inputs.data.slice() };
  inputs.data.copyWithin(20, 0, 20);
  const twins = (labels: readonly number[]): string | null => doubted({ inputs, labels: Int32Array.from(labels) });
  assert.match(twins([1, 1, 2, 3]) ?? '', /closer than the gradient can tell apart/);
  assert.equal(twins([1, 4, 2, 3]), null);
});
test('under sum a confident network leaves room for a sample without a trace', () => {
  const louder = ({ weight, ...rest }: AffineLayer, factor: number): AffineLayer => ({
    ...rest,
    weight: { ...weight, data: weight.data.map((v) => factor * v) },
  });
  const loud = (factor: number): Partial<Evidence> => ({ model: mlpOf(model.dense.map((l) => louder(l, factor))) });
  assert.equal(doubted({ reduction: 'sum' }), null);
  assert.match(doubted({ reduction: 'sum' }, loud(10)) ?? '', /would leave no trace/);
  assert.equal(doubted({}, loud(10)), null);
});
