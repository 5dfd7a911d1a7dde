import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listed, shown } from '../src/check';

test('shown cuts a name at 80 characters and escapes what a terminal would act on', () => {
  assert.equal(shown('0.weight'), '0.weight');
  assert.equal(shown('w\u001b[31m\u009b\u202e\n'), 'w\\u{1b}[31m\\u{9b}\\u{202e}\\u{a}');
  assert.equal(shown('x'.repeat(3e6)), `${'x'.repeat(80)}…`);
  assert.equal(shown('größe 大'), 'größe 大');
});
test('listed names the first few of many', () => {
  assert.equal(listed(['a', 'b']), 'a, b');
  assert.equal(listed(['a', 'b\n', 'c', 'd'], 2), 'a, b\\u{a} and 2 more');
});
