import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBatch } from '../../src/data/batchFile';
import { readSafetensors, writeSafetensors } from '../../src/data/safetensors';
import type { Report } from '../../src/report/report';
import { exan } from '../support/exan';
import { type Schema, violations } from '../support/jsonSchema';
import { temporaryFolder } from '../support/temporary';

/** Clients of PyTorch that do not train plainly: what `exan audit` says of each, held against the batch. */
const at = temporaryFolder();
const fixture = (name: string): string => join('test', 'fixtures', `audit_${name}.safetensors`);
const truth = readBatch(fixture('batch')).inputs;
const schema = JSON.parse(readFileSync(join('docs', 'audit.schema.json'), 'utf8')) as Schema;

/** Digits to which the nearest true sample agrees with each row, relative to it. */
function nearest({
  shape,
  data,
}: {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}): [number, number][] {
  const [rows = 0, columns = 0] = shape;
  return Array.from({ length: rows }, (_, r) => {
    const errors = Array.from({ length: truth.rows }, (_, m) => {
      let [off, size] = [0, 0];
      for (let i = 0; i < columns; i++) {
        const x = truth.data[m * columns + i] ?? 0;
        off += ((data[r * columns + i] ?? 0) - x) ** 2;
        size += x * x;
      }
      return Math.sqrt(off / size);
    });
    const least = Math.min(...errors);
    return [errors.indexOf(least), least];
  });
}

/** Audits one of them, and says which true samples its inputs are, to five digits: any that is none fails. */
function audited(name: string, ...how: readonly string[]): { report: Report; read: number[]; text: string } {
  const files = how.length > 0 ? how : ['--gradient', fixture(name)];
  const out = at(name);
  const { code, stdout, stderr } = exan(
    'audit',
    '--model',
    fixture('model'),
    ...files,
    '--seconds',
    '5',
    '--json',
    '--out',
    out,
  );
  assert.deepEqual([code, stderr], [0, ''], name);
  const report = JSON.parse(stdout) as Report;
  assert.deepEqual(violations(schema, report), [], name);
  assert.equal(readFileSync(join(out, 'report.json'), 'utf8'), `${JSON.stringify(report, null, 1)}\n`);
  const text = readFileSync(join(out, 'report.html'), 'utf8');
  for (const shown of [stdout, text]) assert.doesNotMatch(shown, /then null|undefined|NaN|1\.0e\+2 ?%/, name);
  assert.ok(stdout.includes('was not recovered is not safe') && text.includes('was not recovered is not safe'));
  const read: number[] = [];
  const take = (file: string, counts: (row: number) => boolean): void => {
    if (!existsSync(join(out, file))) return;
    const inputs = readSafetensors('test', join(out, file)).get('inputs');
    assert.ok(inputs);
    nearest(inputs).forEach(([sample, error], row) => {
      if (!counts(row)) return;
      assert.ok(error < 1e-5, `${name}: ${file}, row ${row} is off by ${error}`);
      read.push(sample);
    });
  };
  take('reconstruction.safetensors', () => true);
  take('estimates.safetensors', (row) => report.estimates[row]?.confirmed ?? false);
  assert.equal(new Set(read).size, read.length, `${name}: a sample is counted twice`);
  const { exact, approximate, estimates } = report.counts;
  assert.equal(read.length, exact + approximate + estimates);
  return { report, read, text };
}

test('dropout, label smoothing and another loss: all samples are read as estimates, and nothing is called proven', () => {
  for (const name of ['dropout', 'smoothed', 'mse']) {
    const { report, read } = audited(name);
    assert.equal(
      report.verdict,
      '4 of 4 training samples can be read, as estimates without a proof, from this update by anyone who sees it.',
      name,
    );
    assert.deepEqual([report.level, report.exposed, read.length], ['read', true, 4]);
    assert.equal(report.certificate.verdict, 'fails');
    assert.ok(report.samples.every((s) => s.status !== 'exact'));
  }
});
test('clipping each sample: weights that count nothing make no phantom samples', () => {
  const { report, read } = audited('clipped_each');
  assert.match(
    report.verdict,
    /^4 of 4 training samples can be read .*: 2 within error bars .*, 2 as estimates without a proof\.$/,
  );
  assert.deepEqual([read.length, report.unread.length], [4, 0]);
});
test('a gradient times 0.1, or clipped as a whole: 4 samples and no phantoms, with a certificate for the factor that was fitted', () => {
  for (const [name, factor] of [
    ['scaled', 0.1],
    ['clipped', null],
  ] as const) {
    const { report } = audited(name);
    assert.match(
      report.verdict,
      /^4 training samples can be read, within error bars of up to \de-8 per value, from this update/,
    );
    assert.deepEqual([report.status, report.batchSize, report.samples.length], ['approximate', null, 4]);
    assert.equal(report.certificate.verdict, 'holds');
    const fitted = report.fittedFactor ?? Number.NaN;
    if (factor !== null) assert.ok(Math.abs(fitted - factor) < 1e-6, `${fitted}`);
    const proven = exan(
      'audit',
      ...['--model', fixture('model'), '--gradient', fixture(name), '--json'],
      '--scale',
      String(fitted),
    );
    assert.equal(JSON.parse(proven.stdout).status, 'exact', name);
    assert.match(report.advice.join(), /--scale 0\./);
  }
});
test('weight decay: it shows in silent neurons, is taken off, and the rest is proven', () => {
  const { report, read } = audited('decay');
  assert.equal(report.verdict, '4 of 4 training samples can be read exactly from this update by anyone who sees it.');
  assert.ok(Math.abs((report.weightDecay?.decay ?? 0) / 5e-3 - 1) < 1e-6);
  assert.deepEqual([report.level, report.weightDecay?.biases, read.length], ['proven', true, 4]);
});
test('leaky ReLU: taken for ReLU nothing is called read, and the way on is said; with its architecture all is proven', () => {
  const { report } = audited('leaky');
  assert.deepEqual([report.level, report.exposed], ['hints', false]);
  assert.match(
    report.verdict,
    /^No training sample was read from this update by the attacks tried, but each of \d+ quotients/,
  );
  assert.match(report.advice.join(), /as under leaky activations: .* --architecture/);
  const renamed = (name: string): string => {
    const tensors = [...readSafetensors('test', fixture(name))].map(
      ([key, tensor]) => [`${Number(key[0]) === 0 ? 1 : 3}${key.slice(1)}`, tensor] as const,
    );
    writeSafetensors(at(`renamed_${name}`), new Map(tensors));
    return at(`renamed_${name}`);
  };
  const layers = [{ type: 'Flatten' }, { type: 'Linear' }, { type: 'LeakyReLU' }, { type: 'Linear' }];
  writeFileSync(at('leaky.json'), JSON.stringify({ input: [1, 5, 6], layers }));
  const files = ['--model', renamed('model'), '--gradient', renamed('leaky'), '--architecture', at('leaky.json')];
  const { stdout } = exan('audit', ...files, '--json');
  assert.equal(
    JSON.parse(stdout).verdict,
    '4 of 4 training images can be read exactly from this update by anyone who sees it.',
  );
});
test('five local steps are proven; with weight decay read as estimates; by Adam not read, and no row is called a sample', () => {
  const plain = audited('after', '--after', fixture('after'));
  assert.deepEqual([plain.report.level, plain.read.length], ['proven', 4]);
  const decayed = audited('after_decay', '--after', fixture('after_decay'));
  assert.deepEqual([decayed.report.level, decayed.read.length], ['read', 4]);
  assert.ok(Math.abs((decayed.report.weightDecay?.decay ?? 0) / (1 - (1 - 0.1 * 5e-3) ** 5) - 1) < 1e-4);
  const { report } = audited('after_adam', '--after', fixture('after_adam'));
  assert.deepEqual([report.level, report.exposed, report.batchSize, report.unread], ['hints', false, null, []]);
  assert.match(JSON.stringify(report.attacks), /agree on signs alone, as an optimiser like Adam leaves them/);
});
test('a folder that is written again has nothing left of the audit before', () => {
  const again = at('again');
  const there = (file: string): boolean => existsSync(join(again, file));
  for (const [name, reconstruction, estimates] of [
    ['smoothed', false, true],
    ['decay', true, false],
  ] as const) {
    assert.equal(exan('audit', '--model', fixture('model'), '--gradient', fixture(name), '--out', again).code, 0);
    assert.deepEqual(
      [there('reconstruction.safetensors'), there('estimates.safetensors')],
      [reconstruction, estimates],
    );
  }
});
