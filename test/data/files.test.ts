import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import test from 'node:test';
import { InputError } from '../../src/check';
import { makeFolder, readBytes, writeAtomically } from '../../src/data/files';
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
test('writeAtomically says what to do where there is no folder', () => {
  const message =
    /^InputError: writing .*nowhere.a failed \(ENOENT.*; free some space there, or choose another folder$/;
  assert.throws(() => writeAtomically(at('nowhere/a'), 'x'), message);
  assert.throws(() => writeAtomically(at('a/b'), 'x'), /writing .*a.b failed \(ENOTDIR/); // a is a file
});
test('makeFolder makes a folder with those above it, takes one that is there, and leaves nothing in it', () => {
  makeFolder('test', at('one/two/three'));
  makeFolder('test', at('one/two/three'));
  assert.deepEqual(readdirSync(at('one/two/three')), []);
});
test('makeFolder refuses what is no folder and what cannot be made, in words that name the caller', () => {
  writeFileSync(at('file'), '');
  const cases: [string, RegExp][] = [
    ['', /^InputError: test: folder is , expected the name of a folder$/],
    [at('file'), /^InputError: test: folder .*file cannot be written to \(it is a file\); choose another one$/],
    [at('file/x/y'), /^InputError: test: folder .*y cannot be written to \(ENOTDIR/],
    [at('x'.repeat(300)), /ENAMETOOLONG/],
  ];
  for (const [folder, message] of cases) assert.throws(() => makeFolder('test', folder), message);
});
test('makeFolder ends below /proc, where node makes folders for ever', { skip: !existsSync('/proc/self') }, () => {
  assert.throws(() => makeFolder('test', '/proc/no-such-folder/x/y'), /cannot be written to \(ENOENT/);
});
