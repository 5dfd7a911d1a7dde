import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const exan = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('build', 'src', 'cli', 'main.js'), ...args], {
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
};
const small = ['--data', 'gaussian', '--widths', '12,64,3', '--size', '1', '--seeds', '2', '--json'];

test('exan sweep robustness prints one JSON object: a row per disturbance and attack, and leaves a figure', () => {
  const options = ['--noise', '1e-6', '--prune', '0.5', '--out', at('robustness')];
  const { code, stdout, stderr } = exan('sweep', 'robustness', ...small, ...options);
  assert.equal(code, 0, stderr);
  const { rows } = JSON.parse(stdout);
  assert.deepEqual(
    rows.filter((r: { kind: string }) => r.kind === 'noise').map((r: { attack: string }) => r.attack),
    ['ExAN', 'ExAN adaptive', 'row ratios', 'pursuit adaptive'],
  );
  assert.deepEqual(
    [...new Set(rows.map((r: { kind: string }) => r.kind))],
    ['noise', 'float32', 'fp16', 'int8', 'prune'],
  );
  assert.ok(existsSync(join(at('robustness'), 'robustness.svg')));
});
test('exan sweep federated prints a row per setting and attack; one step of one client is the gradient itself', () => {
  const options = ['--steps', '1,3', '--clients', '1', '--out', at('federated')];
  const { code, stdout, stderr } = exan('sweep', 'federated', ...small, ...options);
  assert.equal(code, 0, stderr);
  const { rows } = JSON.parse(stdout);
  assert.deepEqual(
    rows.map((r: { localSteps: number; attack: string }) => [r.localSteps, r.attack]),
    [
      [1, 'ExAN'],
      [1, 'ExAN adaptive'],
      [1, 'row ratios'],
      [3, 'ExAN'],
      [3, 'ExAN adaptive'],
      [3, 'row ratios'],
    ],
  );
  assert.equal(rows[2].visible.mean, 1);
});
test('exan sweep names the sweeps there are, and numbers that are none', () => {
  const unknown = exan('sweep', 'ocean');
  assert.deepEqual([unknown.code, unknown.stdout], [2, '']);
  assert.match(unknown.stderr, /unknown command 'ocean', expected phase, robustness, federated/);
  const letters = exan('sweep', 'robustness', '--noise', 'loud');
  assert.equal(letters.code, 2);
  assert.match(letters.stderr, /'--noise <x,…>' argument 'loud' is invalid\. Expected numbers separated by commas/);
});
