import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inkFor } from '../../src/cli/ink';

test('inkFor colours a terminal, and nothing else: no pipe, no NO_COLOR, no dumb terminal', () => {
  assert.equal(inkFor({ isTTY: true }, {}).warn('x'), '\u001b[33mx\u001b[39m');
  assert.equal(inkFor({ isTTY: true }, { NO_COLOR: '' }).warn('x'), '\u001b[33mx\u001b[39m'); // empty counts as not set
  for (const [stream, env] of [
    [{}, {}],
    [{ isTTY: false }, {}],
    [{ isTTY: true }, { NO_COLOR: '1' }],
    [{ isTTY: true }, { TERM: 'dumb' }],
  ] as const)
    assert.equal(inkFor(stream, env).bad('x'), 'x');
});
