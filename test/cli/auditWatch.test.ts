import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Report } from '../../src/report/report';
import { cli, exan } from '../support/exan';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const fixture = (name: string): string => join('test', 'fixtures', `audit_${name}.safetensors`);
const model = ['--model', fixture('model')];

/** `exan audit --watch` as it runs, and a wait for what it prints. */
function watching(folder: string, ...more: string[]) {
  const running = spawn(process.execPath, [cli, 'audit', ...model, '--watch', folder, '--seconds', '5', ...more]);
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    running[stream].on('data', (part) => {
      said[stream] += part;
    });
  const ended = once(running, 'close') as Promise<[number]>;
  const until = async (done: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 600 && !done(); tries++) await pause(100);
    assert.ok(done(), `${said.stdout}\n${said.stderr}`);
  };
  return { running, said, ended, until };
}
const lines = (text: string): Report[] =>
  text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Report);

test('exan audit --watch audits each update once, none that is half written, and ends on Ctrl-C with what was asked', async () => {
  const folder = at('updates');
  mkdirSync(folder);
  copyFileSync(fixture('decay'), join(folder, 'a.safetensors'));
  const { running, said, ended, until } = watching(folder, '--json', '--out', at('audits'), '--fail-on', 'exposed');
  await until(() => lines(said.stdout).length === 1);
  const bytes = readFileSync(fixture('scaled'));
  writeFileSync(join(folder, 'b.safetensors'), bytes.subarray(0, 5000));
  writeFileSync(join(folder, 'notes.txt'), 'no update');
  await pause(2500);
  assert.deepEqual([lines(said.stdout).length, said.stderr], [1, '']); // half of it is not read
  appendFileSync(join(folder, 'b.safetensors'), bytes.subarray(5000));
  await until(() => lines(said.stdout).length === 2);
  await pause(1500); // and none is audited twice
  running.kill('SIGINT');
  const [code] = await ended;
  const reports = lines(said.stdout);
  assert.deepEqual([code, reports.length, said.stderr], [1, 2, '']);
  assert.deepEqual(
    reports.map((r) => r.status),
    ['exact', 'approximate'],
  );
  for (const name of ['a', 'b']) assert.ok(existsSync(join(at('audits'), name, 'report.html')));
  const command = reports[1]?.provenance?.command ?? '';
  assert.ok(command.endsWith(`--gradient ${join(folder, 'b.safetensors')}`) && !command.includes('--watch'), command);
});
test('exan audit --watch says which update cannot be read, goes on, and ends after --updates', async () => {
  const folder = at('mixed');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.safetensors'), 'this is no update, and it does not grow');
  copyFileSync(fixture('after'), join(folder, 'b.safetensors'));
  const { said, ended } = watching(folder, '--watched', 'after', '--updates', '2');
  const [code] = await ended;
  assert.equal(code, 2);
  assert.match(
    said.stdout,
    /^b\.safetensors: 4 of 4 training samples can be read exactly .* \(a sample that was not recovered is not safe/,
  );
  assert.match(said.stderr, /^a\.safetensors: .*header.*\n$/);
});
test('--watch takes the place of a file, and its options need it', () => {
  for (const [args, what] of [
    [['--watch', at('.'), '--gradient', 'g'], /--watch takes the place of --gradient/],
    [['--gradient', 'g', '--updates', '3'], /--watched and --updates belong to --watch/],
    [['--watch', at('nowhere')], /--watch .*nowhere is no folder/],
  ] as const) {
    const { code, stderr } = exan('audit', ...model, ...args);
    assert.equal(code, 2);
    assert.match(stderr, what);
  }
});
