import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Columns } from '../../src/report/columns';
import { recordOf, snappedInput } from '../../src/report/records';

const table: Columns = {
  columns: [
    { name: 'age', mean: 40, scale: 10, step: 1 },
    { name: 'price', scale: 100, step: 0.01 },
    { name: 'sex', categories: ['female', 'male'] },
    { name: 'anything' },
  ],
};
const input = Float64Array.of(-0.1 + 1e-6, 0.123401 - 1e-6, 1e-6, 1 - 1e-6, 0.77);

test('recordOf puts numbers on their steps and finds the category, and says how near they were', () => {
  const record = recordOf(input, table);
  assert.deepEqual(record.values, [39, 12.34, 'male', 0.77]);
  assert.equal(record.snaps, true);
  assert.equal(record.stepped, 3);
  assert.ok(Math.abs(record.worst - 1e-5) < 1e-9, `${record.worst}`);
  assert.ok(Math.abs(record.chance - 3 * Math.log10(2 * record.worst)) < 1e-9);
});
test('recordOf leaves values that are on no step as they are', () => {
  const off = input.slice();
  off[0] = 0.237; // 42.37 years
  const record = recordOf(off, table);
  assert.deepEqual([record.snaps, record.values[0]], [false, 42.37]);
  assert.ok(Math.abs(record.worst - 0.37) < 1e-9);
});
test('snappedInput is the sample that the record on its steps would be', () => {
  const snapped = snappedInput(input, table);
  assert.deepEqual(
    Array.from(snapped, (v) => Number(v.toPrecision(12))),
    [-0.1, 0.1234, 0, 1, 0.77],
  );
});
