import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { InputError, listed, shown } from '../src/check';

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
test('an InputError closes its message with the lines that mend it, and prints as other errors do', () => {
  const error = new InputError('read: wrong', ['one', 'two']);
  assert.equal(error.message, 'read: wrong\n  one\n  two');
  assert.deepEqual(error.remedy, ['one', 'two']);
  assert.ok(!inspect(new InputError('plain')).includes('remedy'));
});
