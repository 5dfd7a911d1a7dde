import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { inPath, program } from '../support/debian';
import { cli, exan } from '../support/exan';
import { lacks, runPython } from '../support/python';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const sweep = ['phase', '--data', 'mnist', '--sizes', '2,4', '--widths', '16', '--seeds', '3', '--methods', 'boundary'];
const script = (...args: string[]): string => {
  const { code, stdout, stderr } = exan('sweep', 'script', ...args);
  assert.equal(code, 0, stderr);
  return stdout;
};
const env = { ...process.env, EXAN: `${process.execPath} ${resolve(cli)}` };
const found = (folder: string) => {
  const [{ rows, gaps }] = JSON.parse(exan('sweep', 'merge', folder, '--json').stdout).sweeps;
  return [rows.length, gaps.length];
};

test('the SLURM array is a shell script whose tasks are the shards', () => {
  const out = at("it's slurm");
  const text = script('--slurm', '--shards', '3', ...sweep, '--out', out);
  for (const line of ['#SBATCH --array=1-3', '#SBATCH --cpus-per-task=1', '#SBATCH --job-name=exan-phase'])
    assert.ok(text.split('\n').includes(line), text);
  assert.ok(text.startsWith('#!/bin/bash\n#SBATCH'), 'sbatch reads no further than the first command');
  writeFileSync(at('job.sh'), text);
  assert.equal(spawnSync('bash', ['-n', at('job.sh')]).status, 0);
  const run = (task: object) => spawnSync('bash', [at('job.sh')], { env: { ...env, ...task }, encoding: 'utf8' });
  assert.match(run({}).stderr, /SLURM_ARRAY_TASK_ID: unbound variable/);
  for (const task of ['1', '2', '3']) {
    const { status, stderr } = run({ SLURM_ARRAY_TASK_ID: task });
    assert.equal(status, 0, stderr);
  }
  assert.deepEqual(found(out), [6, 0]);
});
test('the Kubernetes job is YAML of one pod a shard, whose indices count from 0', {
  skip: lacks('yaml'),
}, () => {
  const out = at('kubernetes out');
  const options = ['--shards', '2', '--image', 'registry.example/exan: 1', '--claim', 'data'];
  const text = script('--kubernetes', ...options, ...sweep, '--workers', '2', '--out', out);
  writeFileSync(at('job.yaml'), text);
  const lines = ['import json, sys, yaml', 'print(json.dumps(yaml.safe_load(open(sys.argv[1]))))'];
  const { apiVersion, kind, metadata, spec } = JSON.parse(runPython(lines, '.', at('job.yaml')));
  assert.deepEqual([apiVersion, kind, metadata.name], ['batch/v1', 'Job', 'exan-phase']);
  assert.deepEqual([spec.completionMode, spec.completions], ['Indexed', 2]);
  const { containers, volumes, restartPolicy } = spec.template.spec;
  const [{ image, command, args, resources }] = containers;
  assert.deepEqual([image, restartPolicy, resources.requests.cpu], ['registry.example/exan: 1', 'Never', '2']);
  assert.deepEqual(volumes[0].persistentVolumeClaim, { claimName: 'data' });
  assert.ok(!args[0].includes('$('), 'which Kubernetes would take for its own');
  for (const index of ['0', '1']) {
    const [shell, ...more] = [...command, ...args];
    const run = spawnSync(shell, more, { env: { ...env, JOB_COMPLETION_INDEX: index }, encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
  }
  assert.deepEqual(readdirSync(out).filter((name) => name.endsWith('-of-2.jsonl')).length, 2);
  assert.deepEqual(found(out), [6, 0]);
});
const parallel = program('parallel', () => inPath('parallel'));
test('the script for GNU parallel runs all shards and merges them', {
  skip: 'missing' in parallel ? parallel.missing : false,
}, () => {
  const out = at('parallel out; echo no');
  writeFileSync(at('all.sh'), script('--parallel', '--shards', '3', ...sweep, '--out', out));
  const { status, stdout, stderr } = spawnSync('bash', [at('all.sh')], { env, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /: 6 of 6 trials from 3 files, 0 duplicates left out\n/);
  assert.ok(readdirSync(out).some((name) => /^phase-[\da-f]{8}\.json$/.test(name)));
});
test('a script is refused for a sweep that would be refused, and for options that it chooses itself', () => {
  for (const [args, message] of [
    [['--slurm', 'ocean'], /ocean is no sweep, expected one of phase, robustness/],
    [['--slurm', 'phase', '--sises', '2'], /exan sweep phase: unknown option '--sises' \(Did you mean --sizes\?\)/],
    [['--slurm', 'phase', '--sizes', 'two'], /'--sizes <n,…>' argument 'two' is invalid/],
    [['--slurm', 'phase', 'stray'], /too many arguments/],
    [['phase'], /expected one of --slurm, --kubernetes and --parallel, got none/],
    [['--slurm', '--parallel', 'phase'], /got --slurm and --parallel/],
    [
      ['--slurm', '--shards', '0', 'phase'],
      /'--shards <n>' argument '0' is invalid\. Expected a positive whole number/,
    ],
    [['--slurm', 'phase', '--shard', '1/2'], /--shard is not for shards of a script; leave it out/],
    [['--slurm', 'phase', '--redis', 'redis://x'], /--redis is not for shards of a script/],
    [['--slurm'], /missing required argument 'sweep'/],
  ] as const) {
    const { code, stdout, stderr } = exan('sweep', 'script', ...args);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, message);
  }
});
