import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { installed, python, root } from './support/environment';

const { env, remove } = installed();
after(remove);

const suites = {
  test_conformance: 'jupyter_kernel_test, the public conformance suite',
  test_cells: 'cells',
  test_interrupt: 'interrupts',
  test_protocol: 'protocol, restart and shutdown',
};

for (const [module, title] of Object.entries(suites))
  test(`kernel: ${title}`, async (t) => {
    const run = spawnSync(python(), ['-m', 'unittest', '-v', module], {
      cwd: join(root, 'test', 'kernel-ext', 'python'),
      env,
      encoding: 'utf8',
    });
    const results = [
      ...run.stderr.matchAll(/^(test_\w+) \(.*\)\s*\.\.\. (ok|skipped .*|[\s\S]*?(?:ok|FAIL|ERROR))$/gm),
    ];
    for (const [, name = '', result = ''] of results)
      await t.test(name.slice('test_'.length).replaceAll('_', ' '), (each) => {
        if (result.startsWith('skipped')) each.skip(result);
        else assert.match(result, /ok$/, run.stderr);
      });
    assert.equal(run.status, 0, `${run.error ?? ''}${run.stderr}`);
    assert.ok(results.length > 0, run.stderr);
  });
