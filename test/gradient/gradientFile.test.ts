import assert from 'node:assert/strict';
import test from 'node:test';
import { gaussian } from '../../src/data/synthetic';
import { captureGradient } from '../../src/gradient/captureGradient';
import { readGradient, writeGradient } from '../../src/gradient/gradientFile';
import { mlp } from '../../src/model/mlp';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const model = mlp({ widths: [4, 5, 3], seed: 1 });
const batch = gaussian({ size: 3, dimension: 4, classes: 3 });

for (const precision of ['float64', 'float32'] as const)
  test(`what writeGradient wrote, readGradient reads, in ${precision}`, () => {
    const gradient = captureGradient(model, batch, { precision, reduction: 'sum' });
    writeGradient(at('g'), gradient);
    assert.deepEqual(readGradient(at('g'), { reduction: 'sum' }), gradient);
  });
test('writeGradient rounds to F32 when asked, and readGradient says so', () => {
  writeGradient(at('g'), captureGradient(model, batch), { dtype: 'F32' });
  assert.deepEqual(readGradient(at('g')), captureGradient(model, batch, { precision: 'rounded' }));
});
test('readGradient rejects an unknown reduction', () => {
  assert.throws(
    () => readGradient(at('g'), { reduction: 'max' as 'sum' }),
    /reduction is max, expected 'mean' or 'sum'/,
  );
});
