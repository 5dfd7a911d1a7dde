import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

/** `npm start` on a machine whose programs are only Node and, if given, a Python that says it is this version. */
function startWith(version?: string): { status: number | null; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'exan-path-'));
  try {
    symlinkSync(process.execPath, join(folder, 'node'));
    if (version) writeFileSync(join(folder, 'python3'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    return spawnSync(process.execPath, ['notebooks/start.mjs'], { encoding: 'utf8', env: { PATH: folder } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const posix = { skip: process.platform === 'win32' && 'the pretended Python is a shell script' };

test('npm start without Python says in one line what to install', posix, () => {
  const { status, stderr } = startWith();
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^exan needs Python 3\.10 or later for Jupyter \(neither python3 nor python was found\); install .*\n$/,
  );
});

test('npm start with a Python that is too old names the version it found', posix, () => {
  const { status, stderr } = startWith('3.9');
  assert.equal(status, 1);
  assert.match(stderr, /^exan needs Python 3\.10 or later for Jupyter \(python3 is 3\.9\); .*\n$/);
});

test('the environment is marked with its folder: a checkout that was moved has another one, and makes it again', () => {
  const mark = readFileSync(join('.venv', '.exan-requirements'), 'utf8');
  assert.equal(mark.split(' ')[1], resolve('.venv'), mark);
});
