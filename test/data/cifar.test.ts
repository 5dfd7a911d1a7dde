import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { fromCifar } from '../../src/data/cifar';
import { tarOf } from '../support/tar';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
/** A record: labels, then 1024 times red, 1024 times green, 1024 times blue; the first pixel has values of its own. */
const record = (labels: number[], [r, g, b]: readonly [number, number, number]): Buffer => {
  const planes = [r, g, b].map((v) => Buffer.alloc(1024, 51).fill(v, 0, 1));
  return Buffer.concat([Buffer.from(labels), ...planes]);
};

test('fromCifar reads records of CIFAR-10 as pixels with channels last', async () => {
  writeFileSync(at('data_batch_1.bin'), Buffer.concat([record([7], [0, 102, 255]), record([2], [1, 2, 3])]));
  writeFileSync(at('data_batch_2.bin'), record([9], [255, 0, 0]));
  const set = await fromCifar([at('data_batch_1.bin'), at('data_batch_2.bin')]);
  assert.deepEqual([[...set.labels], set.classes], [[7, 2, 9], 10]);
  assert.deepEqual([...set.inputs.data.subarray(0, 6)], [0, 0.4, 1, 0.2, 0.2, 0.2]);
  assert.deepEqual(set.image, { height: 32, width: 32, channels: 3 });
  assert.equal((await fromCifar([at('data_batch_1.bin'), at('data_batch_2.bin')], { most: 2 })).inputs.rows, 2);
  assert.equal((await fromCifar(at('data_batch_1.bin'), { most: 1 })).inputs.rows, 1);
});
test('fromCifar reads the archive as it is downloaded, by its part, and fine labels of CIFAR-100', async () => {
  const archive = {
    'cifar-10-batches-bin/batches.meta.txt': Buffer.from('airplane\n'),
    'cifar-10-batches-bin/data_batch_1.bin': record([1], [0, 0, 0]),
    'cifar-10-batches-bin/data_batch_2.bin': record([2], [0, 0, 0]),
    'cifar-10-batches-bin/test_batch.bin': record([3], [0, 0, 0]),
  };
  writeFileSync(at('cifar-10-binary.tar.gz'), gzipSync(tarOf(archive)));
  assert.deepEqual([...(await fromCifar(at('cifar-10-binary.tar.gz'))).labels], [1, 2]);
  assert.deepEqual([...(await fromCifar(at('cifar-10-binary.tar.gz'), { split: 'test' })).labels], [3]);
  assert.deepEqual([...(await fromCifar(at('cifar-10-binary.tar.gz'), { most: 1 })).labels], [1]);
  writeFileSync(at('hundred.tar'), tarOf({ 'cifar-100-binary/train.bin': record([4, 77], [0, 255, 0]) }));
  const { labels, classes } = await fromCifar(at('hundred.tar'));
  assert.deepEqual([[...labels], classes], [[77], 100]);
});
test('fromCifar names what is wrong', async () => {
  writeFileSync(at('short.bin'), Buffer.alloc(3000));
  await assert.rejects(fromCifar(at('short.bin')), /has 3000 bytes, expected a whole number of records of 3073/);
  writeFileSync(at('label.bin'), record([12], [0, 0, 0]));
  await assert.rejects(fromCifar(at('label.bin')), /has label 12 at sample 0, expected 0\.\.9/);
  writeFileSync(at('train.bin'), record([4, 77], [0, 255, 0]));
  await assert.rejects(fromCifar([at('data_batch_1.bin'), at('train.bin')]), /CIFAR-10 and of CIFAR-100 are mixed/);
  writeFileSync(at('other.tar'), tarOf({ 'readme.txt': Buffer.from('hello') }));
  await assert.rejects(fromCifar(at('other.tar')), /has no train records, expected data_batch_1\.bin/);
  await assert.rejects(
    fromCifar(at('other.tar'), { split: 'val' as 'test' }),
    /split is val, expected 'train' or 'test'/,
  );
  await assert.rejects(fromCifar([]), /got no file/);
});
