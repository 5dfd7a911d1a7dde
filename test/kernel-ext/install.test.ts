import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { installer, python, root } from './support/environment';

const { install, uninstall, jupyterFolder } = installer();

test('install writes kernelspec and lab extension below the prefix, and uninstall takes both away', () => {
  const prefix = mkdtempSync(join(tmpdir(), 'exan-install-'));
  try {
    const [kernel = '', lab = ''] = install({ prefix });
    const spec = JSON.parse(readFileSync(join(kernel, 'kernel.json'), 'utf8'));
    assert.equal(spec.display_name, 'ExAN (TypeScript)');
    assert.equal(spec.interrupt_mode, 'message');
    assert.ok(existsSync(spec.argv[2]));
    assert.ok(existsSync(join(kernel, 'logo-64x64.png')) && existsSync(join(kernel, 'logo-svg.svg')));

    const { jupyterlab } = JSON.parse(readFileSync(join(lab, 'package.json'), 'utf8'));
    assert.ok(existsSync(join(lab, jupyterlab._build.load)));
    install({ prefix }); // again, over itself
    assert.deepEqual(uninstall({ prefix }), [kernel, lab]);
    assert.deepEqual(readdirSync(join(prefix, 'share', 'jupyter', 'kernels')), []);
    assert.deepEqual(uninstall({ prefix }), []);
  } finally {
    rmSync(prefix, { recursive: true, force: true });
  }
});
test('the extension without plotly is at most 60 kB', () => {
  const prefix = mkdtempSync(join(tmpdir(), 'exan-install-'));
  try {
    const [, lab = ''] = install({ prefix });
    const scripts = readdirSync(join(lab, 'static')).filter(
      (name) => name.endsWith('.js') && !name.startsWith('plotly.'),
    );
    const bytes = scripts.reduce((sum, name) => sum + statSync(join(lab, 'static', name)).size, 0);
    assert.ok(bytes > 0 && bytes <= 60_000, `${bytes} bytes`);
  } finally {
    rmSync(prefix, { recursive: true, force: true });
  }
});
test('exan install and uninstall write and remove below the prefix, and refuse two places at once', () => {
  const prefix = mkdtempSync(join(tmpdir(), 'exan-install-'));
  const exan = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...args], { encoding: 'utf8' });
  try {
    const { stdout } = exan('install', '--prefix', prefix);
    const kernel = join(prefix, 'share', 'jupyter', 'kernels', 'exan');
    assert.ok(stdout.startsWith(`installed ${kernel}\n`) && existsSync(join(kernel, 'kernel.json')));
    const both = exan('uninstall', '--prefix', prefix, '--user');
    assert.deepEqual([both.status, both.stdout], [2, '']);
    assert.match(both.stderr, /'--user' cannot be used with option '--prefix <folder>'/);
    assert.ok(exan('uninstall', `--prefix=${prefix}`).stdout.startsWith(`uninstalled ${kernel}\n`));
    assert.ok(!existsSync(kernel));
  } finally {
    rmSync(prefix, { recursive: true, force: true });
  }
});
test('a prefix holds share/jupyter', () => {
  assert.ok(jupyterFolder({ prefix: 'p' }).endsWith(join('p', 'share', 'jupyter')));
});

test('the wheel carries kernelspec and lab extension as shared data', (t) => {
  if (spawnSync(python(), ['-c', 'import hatchling'], { stdio: 'ignore' }).status !== 0)
    return t.skip('the Python environment has no hatchling');
  const folder = mkdtempSync(join(tmpdir(), 'exan-wheel-'));
  try {
    const built = spawnSync(process.execPath, [join(root, 'kernel-ext', 'wheel.mjs'), python(), folder], {
      encoding: 'utf8',
    });
    assert.equal(built.status, 0, built.stderr);
    const list = spawnSync(python(), ['-m', 'zipfile', '-l', built.stdout.trim()], { encoding: 'utf8' }).stdout;
    for (const file of [
      'kernels/exan/kernel.json',
      'kernels/exan/logo-64x64.png',
      'labextensions/exan-lab/package.json',
    ])
      assert.ok(list.includes(`.data/data/share/jupyter/${file}`), list);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
