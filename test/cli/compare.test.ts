import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exan } from '../support/exan';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const small = ['compare', '--data', 'gaussian', '--widths', '12,96,3', '--size', '1,3', '--seeds', '2'];

test('exan compare prints an array of rows as JSON, and leaves them with two pictures', () => {
  const out = at('comparison');
  const options = ['--attacks', 'exan,row-ratios', '--budget', '5', '--out', out];
  const { code, stdout, stderr } = exan(...small, ...options, '--json');
  assert.equal(code, 0, stderr);
  const rows = JSON.parse(stdout);
  assert.equal(rows.length, 8);
  for (const key of ['attack', 'size', 'seed', 'exact', 'visible', 'psnr', 'labels', 'seconds'])
    assert.ok(
      rows.every((r: object) => key in r),
      key,
    );
  assert.deepEqual(JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8')), rows);
  for (const name of ['comparison', 'history']) assert.match(readFileSync(join(out, `${name}.svg`), 'utf8'), /^<svg/);
  assert.match(exan(...small, ...options).stdout, /^exan +3 +2 +3\.0 +3\.0 +100 %/m);
});
test('exan compare refuses an attack that it does not know, and says which there are', () => {
  const { code, stderr } = exan('compare', '--attacks', 'exan,magic');
  assert.equal(code, 2);
  assert.match(stderr, /magic is no attack, expected some of exan, row-ratios/);
});
