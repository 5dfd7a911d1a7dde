import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertShown, stepsOf } from './example';

test('an example is its statements, with the results shown beside them or below', () => {
  const steps = stepsOf('// why\nconst a = f(1);\na.b;  // => 2\ng(\n  a,\n);\n// => [3]\nh();');
  assert.deepEqual(steps, [
    { code: 'const a = f(1);' },
    { code: 'a.b', result: '2' },
    { code: 'g(\n  a,\n)', result: '[3]' },
    { code: 'h();' },
  ]);
});
test('a shown number stands for all that round to it, an integer for itself', () => {
  for (const [actual, shown] of [
    [0.5772, '0.577'],
    [-1.4e-29, '-1e-29'],
    [3, '3'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Float64Array.of(0.5, 2.04), '[0.5, 2.0]'],
    [{ a: { b: [true, null] }, 'c-d': 'x' }, "{ a: { b: [true, null] }, 'c-d': 'x' }"],
    [undefined, 'undefined'],
  ] as const)
    assert.doesNotThrow(() => assertShown(actual, shown), shown);
});
test('what is not the value shown fails', () => {
  for (const [actual, shown] of [
    [0.5776, '0.577'],
    [3.2, '3'],
    [1.6e-29, '1e-29'],
    [[1, 2], '[1]'],
    [[1], '[1, 2]'],
    [{ a: 1, b: 2 }, '{ a: 1 }'],
    [{ a: 1 }, '{ a: 1, b: 2 }'],
    ['exact', "'partial'"],
    [undefined, '0'],
    [true, "'true'"],
  ] as const)
    assert.throws(() => assertShown(actual, shown), assert.AssertionError, shown);
});
test('prose after the arrow fails: it is no value', () => {
  for (const shown of ['the number of samples', '0.98 after 10 s', '[1, 2], neuron 0 is shared', ''])
    assert.throws(() => assertShown(1, shown), assert.AssertionError, shown);
});
