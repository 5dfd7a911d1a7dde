import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { auditedFile, quoted } from '../../src/report/provenance';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

test('quoted gives a shell the words back, whatever is in them', () => {
  const words = ['exan', '--model', "it's $HOME `here`.safetensors", '*', '', 'a"b\\c', '28x28'];
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\n' ${quoted(words)}`], { encoding: 'utf8' });
  assert.deepEqual(stdout.split('\n').slice(0, -1), words);
  assert.equal(quoted(['exan', 'audit', '--model', 'a/b.safetensors']), 'exan audit --model a/b.safetensors');
});
test('auditedFile has size and hash of a file', () => {
  writeFileSync(at('abc'), 'abc');
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'; // FIPS 180-2, B.1
  assert.deepEqual(auditedFile('--model', at('abc')), { option: '--model', path: at('abc'), bytes: 3, sha256 });
});
