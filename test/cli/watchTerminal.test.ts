import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, test } from 'node:test';
import { endProgress, printProgress } from '../../src/cli/watchTerminal';

/** Erases the rest of a line. */
const erase = '\u001b[K';

/** What is written to a terminal of 40 columns, or to a file. */
function written(isTTY: boolean) {
  const lines: string[] = [];
  const write = (text: string | Uint8Array): boolean => lines.push(String(text)) > 0;
  return { lines, stream: { isTTY, columns: 40, write } };
}

afterEach(() => endProgress());

test('in a terminal a line is drawn anew again and again while nothing is reported', async () => {
  const { lines, stream } = written(true);
  printProgress(stream);
  while (lines.length < 3) await new Promise((resolve) => setTimeout(resolve, 50)); // the first one within half a second
  for (const line of lines) assert.match(line.replace(erase, '|'), /^\r0 %(, \d+ s so far)?\|$/);
});

test('a report is drawn at once, no wider than the terminal, and a result ends the line', async () => {
  const { lines, stream } = written(true);
  const report = printProgress(stream);
  report(0.5, 'a note that is much longer than this terminal is wide');
  assert.equal(lines[0], `\r0 %${erase}`);
  assert.match(lines[1] ?? '', /^\r50 %, \d+ s left, a note that is/);
  assert.equal((lines[1] ?? '').length, 1 + 39 + erase.length);
  endProgress();
  assert.equal(lines.at(-1), `\r${erase}`);
  const before = lines.length;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.equal(lines.length, before, 'nothing is drawn over a result');
  report(0.75, 'on');
  assert.match(lines.at(-1) ?? '', /^\r75 %/);
});

test('in a file each whole percent has a line, once', () => {
  const { lines, stream } = written(false);
  const report = printProgress(stream);
  for (const [fraction, note] of [
    [0, 'begins'],
    [0.001, 'still'],
    [0.02, 'on'],
    [1, 'done'],
  ] as const)
    report(fraction, note);
  assert.deepEqual(lines, ['  0 %  begins\n', '  2 %  on\n', '100 %  done\n']);
});

test('work that leaves its thread no turn has a sign of life from a thread beside it, until it is told to stop', () => {
  const code = `const { Worker } = require('node:worker_threads');
    const stop = new Int32Array(new SharedArrayBuffer(4));
    new Worker(${JSON.stringify(resolve('build', 'src', 'cli', 'beat.js'))}, { workerData: { what: 'witness', stop } }).unref();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4000);
    Atomics.store(stop, 0, 1);
    Atomics.notify(stop, 0);`;
  const { stderr, status } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
  assert.equal(status, 0);
  const lines = stderr.split('\r').slice(1);
  assert.ok(lines.length > 1, stderr);
  for (const line of lines) assert.match(line.replace(erase, '|'), /^witness, \d s so far\|$/);
});
