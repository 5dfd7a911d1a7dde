import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { runLock } from '../../src/experiments/runLock';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
/** The number of a process that has ended. */
const dead = (): number => spawnSync(process.execPath, ['-e', '']).pid;

test('a lock names this process, keeps a second run out, and is free once released', () => {
  const release = runLock('test', at('a.lock'));
  assert.equal(readFileSync(at('a.lock'), 'utf8'), `${process.pid} ${hostname()}\n`);
  assert.throws(() => runLock('test', at('a.lock')), {
    name: 'InputError',
    message: new RegExp(
      `^test: .* is in use by this process \\(${process.pid}\\); wait until that ends, choose another`,
    ),
  });
  release();
  assert.ok(!existsSync(at('a.lock')));
  runLock('test', at('a.lock'))();
});
test('the lock of a dead process is taken over, and so is one that bears our own number by chance', () => {
  for (const pid of [dead(), process.pid]) {
    writeFileSync(at('b.lock'), `${pid} ${hostname()}\n`);
    const release = runLock('test', at('b.lock'));
    assert.equal(readFileSync(at('b.lock'), 'utf8'), `${process.pid} ${hostname()}\n`);
    release();
  }
});
test('the lock of a living process, of another machine or of nobody that can be read stays', () => {
  for (const [text, holder] of [
    [`${process.ppid} ${hostname()}\n`, `process ${process.ppid}`],
    [`${dead()} elsewhere.example\n`, 'process \\d+ on elsewhere.example'],
    ['', 'a process that has not said its number'],
  ] as const) {
    writeFileSync(at('c.lock'), text);
    assert.throws(
      () => runLock('test', at('c.lock')),
      new RegExp(`is in use by ${holder}; .*remove .*c\\.lock if nothing`),
    );
    assert.equal(readFileSync(at('c.lock'), 'utf8'), text);
  }
});
test('a lock is gone when its process ends without releasing it', () => {
  const code = `require(${JSON.stringify(resolve('build/src/experiments/runLock.js'))}).runLock('test', process.argv[1]);
    console.log(require('node:fs').existsSync(process.argv[1])); process.exit(3);`;
  const { status, stdout } = spawnSync(process.execPath, ['-e', code, at('d.lock')], { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [3, 'true\n']);
  assert.ok(!existsSync(at('d.lock')));
});
test('a lock that cannot be written is said', () => {
  assert.throws(
    () => runLock('test', at('nowhere/e.lock')),
    /e\.lock cannot be written \(ENOENT.*choose another folder/,
  );
});
