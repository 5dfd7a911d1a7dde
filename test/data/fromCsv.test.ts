import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { type CsvOptions, fromCsv } from '../../src/data/fromCsv';
import { fromNpz } from '../../src/data/fromNpz';
import { dataFile } from '../support/dataFolder';
import { tarOf } from '../support/tar';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const read = (text: string | Buffer, options: CsvOptions = {}) => {
  writeFileSync(at('table.csv'), text);
  return fromCsv(at('table.csv'), options);
};
const rows = ({ inputs: { rows, columns, data } }: Awaited<ReturnType<typeof read>>) =>
  Array.from({ length: rows }, (_, m) => [...data.subarray(m * columns, (m + 1) * columns)]);
const patients = 'age,sex,"pain, kind",label\n61,f,none at all,yes\r\n44,m,"a ""bad"" one",no\n\n30,f,none at all,no\n';

test('fromCsv takes numbers as they are and gives a category an entry for each value', async () => {
  const set = await read(patients);
  assert.deepEqual(rows(set), [
    [61, 1, 0, 0, 1],
    [44, 0, 1, 1, 0],
    [30, 1, 0, 0, 1],
  ]);
  assert.deepEqual([[...set.labels], set.labelNames, set.classes], [[1, 0, 0], ['no', 'yes'], 2]);
  assert.deepEqual(set.columns, [
    { name: 'age', mean: 0, scale: 1, step: 1 },
    { name: 'sex', categories: ['f', 'm'] },
    { name: 'pain, kind', categories: ['a "bad" one', 'none at all'] },
  ]);
});
test('fromCsv scales each column of numbers to [0, 1] and says how, leaves columns out and reads the first samples', async () => {
  const set = await read(patients, { scale: 'unit', drop: ['pain, kind', 'sex'] });
  assert.deepEqual(rows(set).flat(), [1, 14 / 31, 0]);
  assert.deepEqual(set.columns, [{ name: 'age', mean: 30, scale: 31, step: 1 }]);
  const first = await read(patients, { most: 2 });
  assert.deepEqual(
    rows(first).map(([age]) => age),
    [61, 44],
  );
});
test('fromCsv gives columns mean 0 and deviation 1 where that is asked for, and finds the steps of their numbers', async () => {
  const set = await read('a,b,c,d,y\n1,0.25,1e-3,7,0\n3,.5,2,7,1\n', { scale: 'standard' });
  assert.deepEqual(
    rows(set).map((row) => row.map((v) => Math.round(v * 1e9) / 1e9)),
    [
      [-1, -1, -1, 0],
      [1, 1, 1, 0],
    ],
  );
  assert.deepEqual(
    set.columns?.map((column) => ('step' in column ? column.step : null)),
    [1, 0.01, null, 1],
  );
  assert.deepEqual(set.columns?.[0], { name: 'a', mean: 2, scale: 1, step: 1 });
  assert.deepEqual(set.columns?.[3], { name: 'd', mean: 7, scale: 1, step: 1 });
});
test('fromCsv refuses missing values, leaves their records out, or fills in the mean and no category', async () => {
  const holes = 'a,b,y\n1,x,0\n?,y,1\n3,,1\n';
  await assert.rejects(
    read(holes),
    /column a has 1 missing values, expected none; say missing: 'drop' or, beside the labels, 'fill'/,
  );
  assert.deepEqual(rows(await read(`${holes}5,y,1\n`, { missing: 'drop' })), [
    [1, 1, 0],
    [5, 0, 1],
  ]);
  assert.deepEqual(rows(await read(holes, { missing: 'fill' })), [
    [1, 1, 0],
    [2, 0, 1],
    [3, 0, 0],
  ]);
  await assert.rejects(read('a,y\n1,0\n2,\n', { missing: 'fill' }), /column y has 1 missing values/);
});
test('fromCsv finds the labels where it can know them, and asks where it cannot', async () => {
  assert.deepEqual([...(await read('0.5;0.25;R\n1;2;M\n')).labels], [1, 0]); // no header, the last alone is text
  assert.deepEqual([...(await read('"4",0,1\n"2",1,1\n', { label: 0 })).labels], [1, 0]);
  assert.deepEqual([...(await read('1\t7\n2\t9\n', { label: -1 })).labels], [0, 1]);
  await assert.rejects(
    read('1,2\n3,4\n'),
    /label is not told, expected the number of a column, 0 to 1, or -1 for the last/,
  );
  await assert.rejects(read('a,b\n3,4\n'), /label is not told, expected a column of a, b/);
  await assert.rejects(read('a,b\n3,4\n', { label: 'c' }), /label is c, expected a column of a, b/);
});
test('fromCsv passes over the mark that some programs put before UTF-8', async () => {
  assert.deepEqual(
    (await read('\ufefflabel,a\n0,1\n1,2\n')).columns?.map(({ name }) => name),
    ['a'],
  );
});
test('fromCsv counts labels from 0 or 1 where the classes are told, and by their order where they are not', async () => {
  const text = '1,0.5\n3,0.25\n';
  assert.deepEqual([...(await read(text, { label: 0 })).labels], [0, 1]);
  assert.deepEqual([...(await read(text, { label: 0, classes: 5 })).labels], [1, 3]);
  assert.deepEqual([...(await read(text, { label: 0, classes: 3 })).labels], [0, 2]);
  await assert.rejects(read(text, { label: 0, classes: 2 }), /has the label 3, expected 0 to 1, as classes is 2/);
});
test('fromCsv refuses what is no table and options that it does not know', async () => {
  for (const [text, options, message] of [
    ['', {}, /has no records/],
    ['a,b,y\n', {}, /has no records/],
    ['a,y\n1,0\n2,0,3\n', {}, /record 2 has 3 cells, expected 2 as the first/],
    ['a,y\n"1,0\n2,0\n', {}, /has a quote that is never closed/],
    [Buffer.of(0x61, 0xff, 0x0a), {}, /is not a text in UTF-8/],
    ['a;label\n1,5;x\n2,25;y\n', {}, /column a has decimal commas, expected points/],
    ['y\n0\n1\n', {}, /has no column beside the labels/],
    ['a,y\n1,0\n', { drop: ['b'] }, /drop has b, expected some of a, y/],
    ['a,y\n1,0\n', { missing: 'zero' as 'fill' }, /missing is zero, expected 'refuse', 'drop' or 'fill'/],
    ['a,y\n1,0\n', { scale: 'norm' as 'unit' }, /scale is norm, expected 'none', 'unit' or 'standard'/],
  ] as const)
    await assert.rejects(read(text, options), { name: 'InputError', message });
  const names = Array.from({ length: 1200 }, (_, k) => `name${k},${k % 2}`).join('\n');
  await assert.rejects(read(`id,y\n${names}\n`), /column id has more than 1000 different values.*drop: \["id"\]/);
  await assert.rejects(fromCsv(at('absent.csv')), /absent\.csv cannot be read \(ENOENT/);
});
test('fromCsv reads packed tables and those in an archive, whatever the chunks', async () => {
  const long = `a,b,y\n${Array.from({ length: 9000 }, (_, k) => `${k},"é,${k % 3}",${k % 2}`).join('\n')}`; // over several chunks, no end of line
  const set = await read(long);
  assert.deepEqual([set.inputs.rows, set.inputs.columns, set.inputs.data[8999 * 4]], [9000, 4, 8999]);
  assert.deepEqual((await read(gzipSync(long))).inputs, set.inputs);
  writeFileSync(at('t.tgz'), gzipSync(tarOf({ folder: Buffer.from(long) })));
  assert.deepEqual((await fromCsv(at('t.tgz'))).inputs, set.inputs);
});

const location = dataFile('location30/location30.csv');
test('fromCsv reads Location30 as fromNpz does', { skip: location.skip }, async () => {
  const csv = await fromCsv(location.path, { label: 0, header: false, classes: 30 });
  const npz = await fromNpz(dataFile('location30/location30.npz').path, { classes: 30 });
  assert.deepEqual(csv.inputs, npz.inputs);
  assert.deepEqual(csv.labels, npz.labels);
});
const heart = dataFile('tabular_uci/heart_uci.csv');
test('fromCsv reads the heart disease table: missing values, categories, labels by name', {
  skip: heart.skip,
}, async () => {
  await assert.rejects(fromCsv(heart.path, { label: 'AHD' }), /column Ca has 3 missing values/);
  const set = await fromCsv(heart.path, { label: 'AHD', drop: ['column 0'], missing: 'drop', scale: 'unit' });
  assert.deepEqual([set.inputs.rows, set.inputs.columns, set.labelNames], [147, 18, ['No', 'Yes']]);
  assert.ok(set.inputs.data.every((v) => 0 <= v && v <= 1));
});
