import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as exan from '../src';

/** Names of values, `namespace.name` for those of `export * as`. */
function namesOf(module: object, prefix = ''): string[] {
  return Object.entries(module).flatMap(([name, value]) =>
    value?.__esModule ? namesOf(value, `${prefix}${name}.`) : [prefix + name],
  );
}

// A change of the list must be meant. After one that is: UPDATE=1 node --test build/test/publicNames.test.js, and a line in the changelog.
const list = 'test/publicNames.txt';
test(`the public names are those of ${list}`, () => {
  const names = namesOf(exan).sort();
  if (process.env.UPDATE) writeFileSync(list, `${names.join('\n')}\n`);
  assert.deepEqual(names, readFileSync(list, 'utf8').trim().split('\n'));
});
