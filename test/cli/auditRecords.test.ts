import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captureGradient } from '../../src/gradient/captureGradient';
import { writeGradient } from '../../src/gradient/gradientFile';
import { fromRows } from '../../src/math/matrix';
import { rng } from '../../src/math/rng';
import { mlp } from '../../src/model/mlp';
import { writeModel } from '../../src/model/modelFile';
import type { Report } from '../../src/report/report';
import { exan } from '../support/exan';
import { type Schema, violations } from '../support/jsonSchema';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const regions = ['north', 'south', '<b>east</b>'];
const columns = {
  columns: [
    { name: 'age', mean: 38.6, scale: 13.6, step: 1 },
    { name: 'hours', mean: 40.4, scale: 12.3, step: 1 },
    { name: 'gain', mean: 1077, scale: 7385, step: 1 },
    { name: 'sex', categories: ['female', 'male'] },
    { name: 'region', categories: regions },
  ],
  labels: ['up to 50K', 'above 50K', 'not said'],
};

/** Five people of a table, as a client's float32 network takes them. */
function people() {
  const u = rng(5);
  const pick = (n: number): number => Math.floor(u() * n);
  const table = Array.from({ length: 5 }, () => [17 + pick(70), 1 + pick(98), pick(20000), pick(2), pick(3)] as const);
  const rows = table.map(([age, hours, gain, sex, region]) => [
    ...[(age - 38.6) / 13.6, (hours - 40.4) / 12.3, (gain - 1077) / 7385].map(Math.fround),
    ...[0, 1].map((k) => Number(k === sex)),
    ...[0, 1, 2].map((k) => Number(k === region)),
  ]);
  return { table, batch: { inputs: fromRows(rows), labels: Int32Array.of(0, 1, 0, 2, 1) } };
}

test('exan audit --columns shows records in original units, on their steps, and replays them there', () => {
  const { table, batch } = people();
  const model = mlp({ widths: [8, 120, 3], seed: 1 });
  writeModel(at('model'), model);
  writeGradient(at('gradient'), captureGradient(model, batch, { precision: 'float32' }));
  writeFileSync(at('columns.json'), JSON.stringify(columns));
  const files = ['audit', '--model', at('model'), '--gradient', at('gradient'), '--columns', at('columns.json')];
  const { code, stdout, stderr } = exan(...files, '--json', '--out', at('out'));
  assert.deepEqual([code, stderr], [0, '']);
  const report = JSON.parse(stdout) as Report;
  assert.deepEqual(
    violations(JSON.parse(readFileSync(join('docs', 'audit.schema.json'), 'utf8')) as Schema, report),
    [],
  );
  assert.equal(report.verdict, '5 of 5 training records can be read exactly from this update by anyone who sees it.');
  const truth = table.map(([age, hours, gain, sex, region]) => [
    age,
    hours,
    gain,
    ['female', 'male'][sex],
    regions[region],
  ]);
  const { rows = [], certificate } = report.records ?? {};
  const sorted = (list: readonly (readonly unknown[])[]): string[] => list.map(String).sort();
  assert.deepEqual(sorted(rows.map((r) => r.values)), sorted(truth));
  assert.ok(rows.every((r) => r.snaps && r.chance < -10 && columns.labels.includes(r.class ?? '')));
  assert.equal(certificate?.verdict, 'holds');
  const html = readFileSync(join(at('out'), 'report.html'), 'utf8');
  assert.ok(html.includes('&#60;b&#62;east') && !html.includes('<b>east'));
  const text = exan(...files).stdout;
  assert.match(text, /record +class +age +hours +gain +sex +region +on steps/);
  assert.match(text, /with every value put on its step the replay still gives the update/);
});
test('exan audit --columns refuses a file that is not understood, before any attack', () => {
  const refused = (value: unknown, what: RegExp): void => {
    writeFileSync(at('wrong.json'), typeof value === 'string' ? value : JSON.stringify(value));
    const files = ['audit', '--model', at('model'), '--gradient', at('gradient'), '--columns', at('wrong.json')];
    const { code, stdout, stderr } = exan(...files);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, what);
  };
  refused('{', /is not JSON/);
  refused({ columns: [] }, /columns is \[\], expected a list/);
  refused({ columns: columns.columns.slice(1) }, /the columns take 7 values, expected 8/);
  refused({ columns: [{ name: 'a', step: 0 }] }, /column 0 \(a\): step is 0, expected a positive number/);
  refused({ columns: [{ name: 'a', scael: 1 }] }, /column 0 has the key "scael", expected name, mean, scale, step/);
  refused({ columns: [{ name: 'a', categories: ['x'] }] }, /expected at least two names/);
  refused({ columns: [{ name: 'a' }], label: [] }, /has the key "label", expected columns, labels/);
});
