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
  assert.deepEqual(measuredDefences.gradient.rows[1], ['mask exclusive rows', '100 %', '59 %']);
});
