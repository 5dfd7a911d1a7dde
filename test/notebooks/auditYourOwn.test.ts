import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../support/temporary';
import { cellsOf } from './support/notebooks';

const at = temporaryFolder();

test('the command at the end of 12-audit-your-own writes a report of what the notebook reads: eight samples, exact', () => {
  const text = cellsOf('notebooks/12-audit-your-own.ipynb')
    .map(({ source }) => source.join(''))
    .join('\n');
  const [, folder = '', command = ''] = /^cd (\S+)\nnpx exan (audit .*) --out \S+$/m.exec(text) ?? [];
  const main = resolve('build', 'src', 'cli', 'main.js');
  const args = [main, ...command.split(' '), '--out', at('audit'), '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    cwd: resolve('notebooks', folder),
  });
  assert.equal(status, 0, stderr);
  const { status: found, exposed, counts } = JSON.parse(stdout);
  assert.deepEqual([found, exposed, counts.exact], ['exact', true, 8], stdout.slice(0, 500));
  assert.match(readFileSync(at('audit/report.html'), 'utf8'), /<img /);
});
