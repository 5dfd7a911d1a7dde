import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatValue } from '../../src/notebook/formatValue';
import { table } from '../../src/notebook/table';

test('table(rows) aligns numbers to the right and words to the left', () => {
  const rows = [
    { sample: 0, status: 'exact', MSE: 1.5e-29 },
    { sample: 10, status: 'no', MSE: 0.25 },
  ];
  assert.equal(
    table(rows)['text/plain'],
    ['sample  status      MSE', '     0  exact   1.5e-29', '    10  no         0.25'].join('\n'),
  );
});

test('table(rows) takes columns from all rows and leaves a missing cell empty', () => {
  assert.equal(table([{ a: 1 }, { b: 2 }])['text/plain'], 'a  b\n1\n   2');
});

test('table(rows) of arrays has no head', () => {
  assert.equal(table([['M', 8]], 'options')['text/plain'], 'options\nM  8');
});

test('table(rows) shows markup as text, in heads, cells and caption', () => {
  const html = String(table([{ '<b>': '<script>alert("x")</script>' }], 'a & b')['text/html']);
  assert.ok(!/<script|<b>/.test(html));
  assert.ok(html.includes('&#60;script&#62;') && html.includes('a &#38; b'));
});

test('table(rows) names the row that is none', () => {
  assert.throws(() => table([{ a: 1 }, null as unknown as { a: number }]), /row 1 is null/);
});

test('formatValue(v) keeps four digits and uses an exponent where the size needs one', () => {
  const values = [8, 0.123456, 1.5e-29, 1234567.8, null, undefined, true, [1, 2], Number.NaN, 0];
  assert.deepEqual(values.map(formatValue), ['8', '0.1235', '1.5e-29', '1.2e+6', '', '', 'true', '1, 2', 'NaN', '0']);
});
