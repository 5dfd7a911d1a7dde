import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { trialLog } from '../../src/experiments/trialLog';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

test('a log is for one run until it is closed', () => {
  const log = trialLog<{ a: number }>(at('folder/a.jsonl'));
  log.record({ a: 1 });
  assert.throws(() => trialLog(at('folder/a.jsonl')), /^InputError: trialLog: .*folder is in use by this process/);
  log.close();
  const again = trialLog<{ a: number }>(at('folder/a.jsonl'));
  assert.deepEqual(again.rows, [{ a: 1 }]);
  again.close();
});
test('a line that is no object is refused with its number, and the log is free again', () => {
  for (const line of ['{"a":', 'null', '[1]', '7', '\u0000']) {
    writeFileSync(at('bad.jsonl'), `{"a":1}\n${line}\n{"a":2}\n`);
    const message =
      /^InputError: trialLog: line 2 of .*bad\.jsonl is no trial, expected one JSON object a line; repair it/;
    assert.throws(() => trialLog(at('bad.jsonl')), message, line);
    assert.ok(!existsSync(at('bad.jsonl.lock')));
  }
});
test('a line that the disk has no room for is taken back whole, and said', {
  skip: process.platform === 'win32',
}, () => {
  // no file may pass 1024 bytes here: the second line would end in its middle
  const code = `const log = require(${JSON.stringify(resolve('build/src/experiments/trialLog.js'))}).trialLog(process.argv[1]);
    log.record({ a: 'x'.repeat(700) });
    try { log.record({ b: 'x'.repeat(700) }); } catch (error) { console.log(error.name, error.message); }`;
  const limited = 'ulimit -f 1; exec "$@"';
  const run = spawnSync('bash', ['-c', limited, 'bash', process.execPath, '-e', code, at('full.jsonl')], {
    encoding: 'utf8',
  });
  assert.match(
    run.stdout,
    /^InputError trialLog: .*full\.jsonl cannot be written \(EFBIG.*; free some space and run again/,
    run.stderr,
  );
  assert.equal(readFileSync(at('full.jsonl'), 'utf8'), `${JSON.stringify({ a: 'x'.repeat(700) })}\n`);
});
