import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watch } from '../../src/notebook/watch';

test("watch(label) carries the running cell's signal under the exan kernel, and none elsewhere", () => {
  assert.deepEqual(Object.keys(watch('pursuit')), ['onProgress']);
  const kernel = Symbol.for('exan.kernel');
  const { signal } = new AbortController();
  Object.assign(globalThis, { [kernel]: { display() {}, signal } });
  try {
    assert.equal(watch('pursuit').signal, signal);
  } finally {
    Reflect.deleteProperty(globalThis, kernel);
  }
});
