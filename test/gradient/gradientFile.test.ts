import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
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
test('readGradient says that halves were shared, and that the arithmetic was float32 at most', () => {
  const half = (dtype: string, begin: number, ...shape: number[]) => ({
    dtype,
    shape,
    data_offsets: [begin, begin + 2 * shape.reduce((a, b) => a * b, 1)],
  });
  for (const [dtype, shared] of [
    ['F16', 'float16'],
    ['BF16', 'bfloat16'],
  ] as const) {
    const json = Buffer.from(JSON.stringify({ 'a.weight': half(dtype, 0, 2, 1), 'b.weight': half(dtype, 4, 2, 2) }));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    writeFileSync(at('half'), Buffer.concat([length, json, Buffer.alloc(12, 0x3c)]));
    const { precision, shared: format } = readGradient(at('half'));
    assert.deepEqual([precision, format], ['float32', shared]);
  }
});
