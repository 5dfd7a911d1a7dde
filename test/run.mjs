// npm test: sets itself up as npm start does, then runs every check. Ends with one line: `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { filesUnder, jupyterEnv, main, root, say, setup } from '../notebooks/setup.mjs';

const node = process.execPath;
const modules = join(root, 'node_modules');
const count = { passed: 0, failed: 0 };

/** Runs a program, its output on ours; true when it succeeded. */
function succeeds(program, args) {
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...jupyterEnv },
  });
  return status === 0;
}

/** A check that counts as one test. */
function checks(title, program, args) {
  const ok = succeeds(program, args);
  process.stdout.write(`${ok ? '✔' : '✖'} ${title}\n`);
  count[ok ? 'passed' : 'failed']++;
  return ok;
}

/** node:test over the compiled tests, counted from its TAP summary. */
function runTests() {
  const sources = filesUnder(join(root, 'test')).filter((file) => file.endsWith('.test.ts'));
  const compiled = sources
    .filter((file) => !file.startsWith(join(root, 'test', 'bench')))
    .map((file) => join('build', relative(root, file).replace(/ts$/, 'js')));
  mkdirSync(join(root, 'out'), { recursive: true });
  const tap = join(root, 'out', 'test.tap');
  const to = (reporter, where) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${where}`];
  // one file for each core: much of a test is waiting, for kernels and browsers
  const files = `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`;
  const ok = succeeds(node, ['--test', files, ...to('spec', 'stdout'), ...to('tap', tap), ...compiled]);
  const report = existsSync(tap) ? readFileSync(tap, 'utf8') : '';
  const summary = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(report)?.[1] ?? 0);
  const failed = summary('fail') + summary('cancelled');
  count.passed += summary('pass');
  count.failed += ok ? failed : Math.max(1, failed); // a run that died without a count is a failure too
}

await main(() => {
  try {
    setup();
    // notebooks are checked by tslab with TypeScript 5.0: our declarations must be understood by it
    const old = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'commonjs', '--moduleResolution', 'node10'];
    checks('TypeScript 5.0 accepts dist/index.d.ts', node, [
      join(modules, '@tslab', 'typescript-for-tslab', 'bin', 'tsc'),
      ...old,
      ...['--lib', 'es2022', '--types', 'node', join('dist', 'index.d.ts')],
    ]);
    const folders = ['src', 'test', 'notebooks', 'kernel-ext', 'docs', 'site'].filter((folder) =>
      existsSync(join(root, folder)),
    );
    checks('lint and format', node, [
      join(modules, '@biomejs', 'biome', 'bin', 'biome'),
      ...['check', '--config-path=.ci', '--error-on-warnings', ...folders],
    ]);
    checks('the site compiles', node, [join(modules, 'typescript', 'bin', 'tsc'), '-p', 'site/tsconfig.json']);
    if (checks('the tests compile', node, [join(modules, 'typescript', 'bin', 'tsc'), '-p', 'test/tsconfig.json']))
      runTests();
  } catch (error) {
    say(String(error?.message ?? error));
    count.failed++;
  }
  process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`);
  process.exitCode = count.failed === 0 ? 0 : 1;
});
