import assert from 'node:assert/strict';
import test from 'node:test';
import { repeatedKey } from '../../src/data/repeatedKey';

test('repeatedKey finds a key that one object has twice, however it is spelled', () => {
  assert.equal(repeatedKey('{"a": 1, "b": 2, "a": 3}'), 'a');
  assert.equal(repeatedKey('{"x": {"b": 1, "\\u0062" : 2}}'), 'b');
});
test('repeatedKey lets different objects share a key, and values look like keys', () => {
  assert.equal(repeatedKey('{"a": {"c": 1}, "b": {"c": "a"}, "d": ["a", "a:", "{\\"a\\":"]}'), undefined);
});
