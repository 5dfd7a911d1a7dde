import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { measuredDefences, measuredRows } from '../../src/report/measuredDefences';

const measured = readFileSync('docs/measurements.md', 'utf8');

test('every measured defence of a report stands in docs/measurements.md, with the command that remakes it', () => {
  for (const row of measuredRows) assert.ok(measured.includes(`| ${row.join(' | ')} |`), row.join(' | '));
  for (const { command } of Object.values(measuredDefences)) assert.ok(measured.includes(command), command);
});
test('a report shows the strongest attack: masking exclusive rows leaves 100 % to pattern pursuit', () => {
  assert.deepEqual(measuredDefences.gradient.rows[1], ['mask exclusive rows', '100 %', 'none', '59 %']);
});
test('beside the zeros of DP-SGD stands a bound on any attack: 0.018 at noise 1 (normal tables: Phi(1 - 3.090)), nothing at noise 0.1', () => {
  const bounds = measuredDefences.gradient.rows.map(([name, , bound]) => [name, bound]);
  assert.deepEqual(bounds.slice(-2), [
    ['DP-SGD, clip 1, noise 0.1', '1.0'],
    ['DP-SGD, clip 1, noise 1', '0.018'],
  ]);
  for (const [name = '', bound] of bounds) if (!name.startsWith('DP-SGD')) assert.equal(bound, 'none', name);
});
