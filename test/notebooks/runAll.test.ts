import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const out = join('out', 'notebooks', 'ci');
const name = '01-what-a-gradient-reveals';

function notebooks(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join('notebooks', 'runAll.mjs'), ...args], { encoding: 'utf8' });
}

test('npm run notebooks refuses a scale, a notebook and an option that there is not', () => {
  for (const [args, words] of [
    [['--scale', 'tiny'], /--scale is tiny, expected ci or paper/],
    [['99'], /no notebook is named 99, expected some of 00-quickstart, /],
    [['--fast'], /Unknown option '--fast'/],
  ] as const) {
    const { status, stderr } = notebooks(...args);
    assert.equal(status, 1);
    assert.match(stderr, words);
  }
});

test('npm run notebooks: an interrupt ends the notebook that runs, and what passed is not run again', async () => {
  rmSync(join(out, `${name}.passed.json`), { force: true });
  const child = spawn(process.execPath, [join('notebooks', 'runAll.mjs'), '01'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let table = '';
  child.stdout.on('data', (data) => {
    table += data;
  });
  child.stderr.on('data', (data) => {
    if (/^running/m.test(said)) return;
    said += data;
    if (/^running/m.test(said)) setTimeout(() => child.kill('SIGINT'), 2000);
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(status, 130, said);
  assert.match(table, new RegExp(`^${name} +interrupted`, 'm'));

  const first = notebooks('01');
  assert.equal(first.status, 0, first.stdout + first.stderr);
  assert.match(first.stdout, new RegExp(`^${name} +passed  `, 'm'));
  const again = notebooks('01');
  assert.match(again.stdout, new RegExp(`^${name} +passed before  `, 'm'));
  assert.doesNotMatch(again.stderr, /running/);
});
