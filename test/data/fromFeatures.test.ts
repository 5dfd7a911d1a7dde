import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { fromFeatures } from '../../src/data/fromFeatures';
import { tarOf } from '../support/tar';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
mkdirSync(at('100'));
const save = (feats: string, labels: string): void => {
  writeFileSync(at('100/feats'), feats);
  writeFileSync(at('100/labels'), labels);
};

test('fromFeatures reads features and labels from two texts, or from the archive of both, labels from 1 as from 0', async () => {
  save('1,0,1\n0,0,1\n1,1,1\n', '2\n1\n3\n');
  const set = await fromFeatures(at('100/feats'));
  assert.deepEqual([[...set.inputs.data], [...set.labels], set.classes], [[1, 0, 1, 0, 0, 1, 1, 1, 1], [1, 0, 2], 3]);
  const archive = { 'texas/100/feats': Buffer.from('1,0\n0,1\n'), 'texas/100/labels': Buffer.from('1\n2\n') };
  writeFileSync(at('dataset_texas.tgz'), gzipSync(tarOf(archive)));
  const packed = await fromFeatures(at('dataset_texas.tgz'), undefined, { classes: 100 });
  assert.deepEqual([[...packed.inputs.data], [...packed.labels], packed.classes], [[1, 0, 0, 1], [0, 1], 100]);
  assert.equal((await fromFeatures(at('100/feats'), undefined, { most: 2 })).inputs.rows, 2);
});
test('fromFeatures names what does not fit', async () => {
  for (const [feats, labels, message] of [
    ['1,0\n', '1\n2\n', /has 1 samples and .* 2 labels, expected as many/],
    ['1,0\n0,1\n', '1\n', /has more samples than .* labels, 1/],
    ['1,0\n0\n', '1\n2\n', /record 1 has 1 cells, expected 2/],
    ['1,x\n', '1\n', /record 0 has "x", expected numbers/],
    ['1,0\n', 'one\n', /line 0 is "one", expected one label/],
    ['', '1\n', /has no samples/],
  ] as const) {
    save(feats, labels);
    await assert.rejects(fromFeatures(at('100/feats')), { name: 'InputError', message });
  }
});
