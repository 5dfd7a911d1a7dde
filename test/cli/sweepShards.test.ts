import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cli, exan } from '../support/exan';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const grid = [
  '--data',
  'gaussian',
  '--sizes',
  '2,4',
  '--widths',
  '16,32',
  '--seeds',
  '2',
  '--methods',
  'boundary,exan',
];

test('shards of exan sweep, merged, are the rows and the figure of one run; what is missing is named with the command for it', () => {
  const out = at('phase');
  const run = (shard: string, ...more: string[]) =>
    exan('sweep', 'phase', ...grid, '--workers', '0', '--shard', shard, '--out', out, ...more);
  const third = run('3/3', '--json');
  assert.equal(third.code, 0, third.stderr);
  const { sweep, shard, trials, log } = JSON.parse(third.stdout);
  assert.deepEqual([shard, trials, log], ['3/3', 5, join(out, `${sweep}.3-of-3.jsonl`)]);
  assert.match(run('1/3').stdout, /^6 of 16 trials in .*\nwhen all shards are done: npx exan sweep merge .*phase\n$/);
  const part = exan('sweep', 'merge', out, '--fail-on', 'gaps');
  assert.equal(part.code, 1, part.stderr);
  assert.match(part.stdout, /^phase-[\da-f]{8}: 11 of 16 trials from 2 files, 0 duplicates left out\n/);
  const [, command = ''] = /^5 missing: .*; run again\n {2}npx exan (.*)$/m.exec(part.stdout) ?? [];
  assert.equal(exan(...command.split(' ')).code, 0, command);
  const whole = exan('sweep', 'merge', out, '--json', '--fail-on', 'gaps');
  assert.equal(whole.code, 0, whole.stderr);
  const [{ rows, gaps, found, duplicates, pictures }] = JSON.parse(whole.stdout).sweeps;
  assert.deepEqual([found, duplicates, gaps], [16, 0, []]);
  const once = exan('sweep', 'phase', ...grid, '--workers', '0', '--out', at('once'), '--json');
  const untimed = (list: { took: number }[]) => list.map(({ took: _, ...row }) => row);
  assert.deepEqual(untimed(rows), untimed(JSON.parse(once.stdout).rows));
  assert.deepEqual(JSON.parse(readFileSync(join(out, `${sweep}.json`), 'utf8')), rows);
  assert.equal(readFileSync(pictures[0], 'utf8'), readFileSync(join(at('once'), 'phase.svg'), 'utf8'));
});
test('every sweep runs in shards, and its merge prints what it prints alone', () => {
  const size = ['--data', 'gaussian', '--widths', '12,64,3', '--size', '1', '--seeds', '1'];
  const network = ['--data', 'uniform', '--sides', '8', '--channels', '32', '--head', '48', '--inits', 'he'];
  const sweeps: Record<string, string[]> = {
    robustness: [...size, '--noise', '1e-6', '--prune', '0.5'],
    training: [...size, '--steps', '0,20'],
    federated: [
      '--data',
      'gaussian',
      '--width',
      '96',
      '--sizes',
      '2',
      '--epochs',
      '1,2',
      '--rates',
      '0.1',
      '--seeds',
      '1',
    ],
    boundary: [...network, '--sizes', '1,3', '--seeds', '1'],
    convolutions: ['--sizes', '1', '--seconds', '60'],
    defences: [...size, '--steps', '2'],
    compare: [...size, '--attacks', 'exan,row-ratios,spear', '--budget', '10'],
  };
  for (const [name, options] of Object.entries(sweeps)) {
    const out = at(`parts/${name}`);
    for (const shard of ['1/2', '2/2']) {
      const { code, stderr } = exan('sweep', name, ...options, '--shard', shard, '--out', out);
      assert.equal(code, 0, stderr);
    }
    const [{ gaps, ...merged }] = JSON.parse(exan('sweep', 'merge', out, '--json').stdout).sweeps;
    assert.deepEqual(gaps, [], name);
    const alone = JSON.parse(exan('sweep', name, ...options, '--out', out, '--json').stdout);
    const timeless = (_: string, v: unknown) =>
      /^(took|seconds|firstSeconds|memory|history)$/.test(_) ? undefined : v;
    const plain = (rows: unknown) => JSON.parse(JSON.stringify(rows, timeless));
    assert.ok(alone.rows.length > 0);
    assert.deepEqual(plain(merged.rows), plain(alone.rows), name);
    const pictures = readdirSync(out).filter((file) => file.endsWith('.svg'));
    assert.equal(pictures.length, name === 'compare' ? 4 : 2, `${pictures}`);
  }
});
test('shards that are none are refused before anything is computed', () => {
  for (const shard of ['0/3', '4/3', '1/0', '3', '-1/3', '']) {
    const { code, stdout, stderr } = exan('sweep', 'phase', ...grid, '--shard', shard, '--out', at('none'));
    assert.deepEqual([code, stdout], [2, ''], shard);
    assert.match(stderr, /'--shard <k\/n>' argument '.*' is invalid\. Expected k\/n with 1 <= k <= n, such as 3\/50/);
  }
  assert.ok(!existsSync(at('none')));
});
test('the same shard twice at once: the second is refused; meanwhile the folder can be merged', async (t) => {
  const few = ['--sizes', '2', '--widths', '64', '--methods', 'exan', '--seeds', '2000'];
  const many = ['sweep', 'phase', ...few, '--workers', '1', '--shard', '1/2', '--out', at('busy')];
  const running = spawn(process.execPath, [cli, ...many]);
  t.after(() => running.kill('SIGKILL'));
  const ended = new Promise((resolve) => running.on('close', resolve));
  const logs = () => (existsSync(at('busy')) ? readdirSync(at('busy')).filter((name) => name.endsWith('.jsonl')) : []);
  while (logs().length === 0) await new Promise((resolve) => setTimeout(resolve, 20)); // a trial is done
  const second = exan(...many);
  const live = JSON.parse(exan('sweep', 'merge', at('busy'), '--json').stdout).sweeps[0];
  running.kill('SIGINT');
  assert.equal(await ended, 130);
  assert.deepEqual([second.code, second.stdout], [2, '']);
  assert.match(second.stderr, /^trialLog: .*busy is in use by process \d+; wait until that ends/);
  assert.ok(
    live.found > 0 && live.found + live.gaps.length === live.trials && live.gaps[0].shard,
    'merged while it ran',
  );
});
