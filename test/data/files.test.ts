import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import test from 'node:test';
import { InputError } from '../../src/check';
import { readBytes, writeAtomically } from '../../src/data/files';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

test('readBytes names the file that is missing, or is a folder', () => {
  assert.throws(() => readBytes('readModel', at('absent')), /readModel: .*absent cannot be read \(ENOENT/);
  assert.throws(() => readBytes('readModel', dirname(at('x'))), /is not a file/);
  assert.throws(() => readBytes('readModel', null as unknown as string), InputError);
});
test('writeAtomically replaces a file and leaves no draft behind', () => {
  writeAtomically(at('a'), Buffer.from('old'));
  writeAtomically(at('a'), Buffer.from('new'));
  assert.equal(readFileSync(at('a'), 'utf8'), 'new');
  assert.deepEqual(readdirSync(dirname(at('a'))), ['a']);
});
test('writeAtomically leaves no draft when it cannot put the file in place', () => {
  mkdirSync(at('folder'));
  assert.throws(() => writeAtomically(at('folder'), Buffer.from('x')), /^InputError: writing .*folder failed/);
  assert.deepEqual(readdirSync(dirname(at('a'))).sort(), ['a', 'folder']);
});
