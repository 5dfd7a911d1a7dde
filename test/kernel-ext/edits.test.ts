import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Edits } from '../../kernel-ext/kernel/compiler/edits';
import { interruptibleAwaits } from '../../kernel-ext/kernel/compiler/interruptibleAwait';
import { spellOutShorthand } from '../../kernel-ext/kernel/compiler/shorthand';
import { hasTopLevelAwait } from '../../kernel-ext/kernel/compiler/topLevelAwait';

test('Edits insert in order and lead back to where a character was', () => {
  const edits = new Edits();
  edits.insert(3, 'XX');
  edits.insert(1, 'Y');
  assert.equal(edits.apply('abcd'), 'aYbcXXd');
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6].map((offset) => edits.original(offset)),
    [0, 1, 1, 2, 3, 3, 3],
  );
});
test('spellOutShorthand writes { a } as { a: a }, and leaves destructuring alone', () => {
  const code = 'const { a } = b; f({ a, b: 1 });';
  assert.equal(spellOutShorthand(code).apply(code), 'const { a } = b; f({ a: a, b: 1 });');
});
test('interruptibleAwaits wraps each awaited value, also inside functions', () => {
  const code = 'await x;\nconst f = async () => await (g(await y));';
  assert.equal(
    interruptibleAwaits(code).apply(code).replaceAll(/\( /g, '('),
    'await $untilInterrupt(x);\nconst f = async () => await $untilInterrupt((g(await $untilInterrupt(y))));',
  );
});
test('hasTopLevelAwait sees await outside of functions only', () => {
  for (const code of ['await x', 'await (x)', 'for await (const a of b) {}', 'if (a) { await b; }', 'f(await x)'])
    assert.equal(hasTopLevelAwait(code), true, code);
  for (const code of ['const f = async () => await x;', 'class A { async m() { await x; } }', '"await x"', '// await'])
    assert.equal(hasTopLevelAwait(code), false, code);
});
