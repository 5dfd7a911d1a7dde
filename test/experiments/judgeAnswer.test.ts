import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeAnswer } from '../../src/experiments/judgeAnswer';
import { captureGradient } from '../../src/gradient/captureGradient';
import { fromRows } from '../../src/math/matrix';
import { mlp } from '../../src/model/mlp';
import { reconstruct } from '../../src/reconstruction/reconstruct';
import type { Reconstruction } from '../../src/reconstruction/result';
import { uniformBatch } from '../support/uniformBatch';

const model = mlp({ widths: [8, 64, 3], seed: 1, init: 'he' });
const truth = uniformBatch(2, 8, 3, 5);
const found = reconstruct(model, captureGradient(model, truth));
/** The same answer with every sample changed. */
const changed = (change: (sample: Reconstruction['samples'][number]) => object): Reconstruction =>
  ({ ...found, samples: found.samples.map((s) => ({ ...s, ...change(s) })) }) as Reconstruction;
const counts = (answer: Reconstruction) => {
  const { recovered, within, beyond, false: wrong } = judgeAnswer(answer, truth);
  return { recovered, within, beyond, wrong };
};

test('judgeAnswer: a right answer is right in every sample', () => {
  assert.equal(found.status, 'exact');
  assert.deepEqual(counts(found), { recovered: 2, within: 2, beyond: 0, wrong: 0 });
});
test('judgeAnswer: exact samples that are off by 1 %, or carry a wrong label, are false and beyond their bars', () => {
  const off = changed((s) => ('input' in s ? { input: s.input.map((v) => v * 1.01) } : {}));
  assert.deepEqual(counts(off), { recovered: 0, within: 0, beyond: 2, wrong: 2 });
  const renamed = changed((s) => ({ label: ((s.label as number) + 1) % 3 }));
  assert.deepEqual(counts(renamed), { recovered: 0, within: 0, beyond: 2, wrong: 2 });
});
test('judgeAnswer: an exact answer with a sample too few is false, a partial one is not', () => {
  const [first] = found.samples;
  const short = { ...found, batchSize: 1, samples: [first] } as Reconstruction;
  assert.equal(counts(short).wrong, 1);
  const partial = { ...short, status: 'partial' } as Reconstruction;
  assert.deepEqual(counts(partial), { recovered: 1, within: 1, beyond: 0, wrong: 0 });
});
test('judgeAnswer: nothing lies within an infinite error bar', () => {
  const vague = changed(() => ({ error: Number.POSITIVE_INFINITY }));
  assert.deepEqual(counts(vague), { recovered: 2, within: 0, beyond: 0, wrong: 0 });
});
test('judgeAnswer: errors and bars are relative to the sample: in a sample of twos, off by 1 is 0.5', () => {
  const twos = { inputs: fromRows([[2, 2]]), labels: Int32Array.of(0) };
  const sample = { status: 'approximate', how: 'exan', label: 0, input: Float64Array.of(3, 3), error: 0.4, exans: [] };
  const { bars, errors, within } = judgeAnswer({ ...found, status: 'approximate', samples: [sample] } as never, twos);
  assert.deepEqual([bars, errors, within], [[0.2], [0.5], 1]);
});
