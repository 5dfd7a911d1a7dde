import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { writeBatch } from '../../src/data/batchFile';
import { fromFile } from '../../src/data/fromFile';
import { gaussian } from '../../src/data/synthetic';
import { writeNpz } from '../../src/data/writeNpz';
import { png } from '../../src/viz/png';
import { writeNpz as bytesOf } from '../support/npz';
import { tarOf } from '../support/tar';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const batch = gaussian({ size: 4, dimension: 3, classes: 2, seed: 1 });

test('fromFile knows each format by the file, not by a promise', async () => {
  writeNpz(at('own.data'), batch);
  assert.deepEqual((await fromFile(at('own.data'))).inputs, batch.inputs);
  writeBatch(at('batch.safetensors'), batch);
  assert.deepEqual((await fromFile(at('batch.safetensors'))).inputs, batch.inputs);
  bytesOf(at('med.npz'), {
    train_images: { shape: [1, 1, 1], data: Uint8Array.of(255) },
    train_labels: { shape: [1, 1], data: Uint8Array.of(1) },
  });
  assert.deepEqual([...(await fromFile(at('med.npz'))).inputs.data], [1]);
  writeFileSync(at('table.txt'), 'a,label\n1,x\n2,y\n');
  assert.deepEqual([...(await fromFile(at('table.txt'))).inputs.data], [1, 2]);
  writeFileSync(
    at('t10k-images-idx3-ubyte.gz'),
    gzipSync(Buffer.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 255)),
  );
  writeFileSync(at('t10k-labels-idx1-ubyte.gz'), gzipSync(Buffer.of(0, 0, 8, 1, 0, 0, 0, 1, 7)));
  assert.deepEqual([...(await fromFile(at('t10k-images-idx3-ubyte.gz'))).labels], [7]);
  writeFileSync(at('data_batch_1.bin'), Buffer.alloc(3073, 5));
  assert.equal((await fromFile(at('data_batch_1.bin'))).image?.height, 32);
  mkdirSync(at('unpacked'));
  for (const [name, label] of [
    ['data_batch_1', 3],
    ['data_batch_2', 4],
    ['test_batch', 5],
  ] as const)
    writeFileSync(at(`unpacked/${name}.bin`), Buffer.alloc(3073, label));
  assert.deepEqual([...(await fromFile(at('unpacked'))).labels], [3, 4]);
  assert.deepEqual([...(await fromFile(at('unpacked'), { split: 'test' })).labels], [5]);
  writeFileSync(at('dataset_texas.tgz'), tarOf({ 'x/feats': Buffer.from('1,0\n'), 'x/labels': Buffer.from('1\n') }));
  assert.deepEqual([...(await fromFile(at('dataset_texas.tgz'))).inputs.data], [1, 0]);
  mkdirSync(at('100'));
  writeFileSync(at('100/feats'), '1,0\n');
  writeFileSync(at('100/labels'), '1\n');
  assert.deepEqual([...(await fromFile(at('100'))).inputs.data], [1, 0]);
  for (const label of ['a', 'b']) {
    mkdirSync(at(`pictures/${label}`), { recursive: true });
    writeFileSync(at(`pictures/${label}/1.png`), png({ height: 1, width: 1, channels: 1, bytes: Uint8Array.of(51) }));
  }
  assert.deepEqual([...(await fromFile(at('pictures'))).inputs.data], [0.2, 0.2]);
});
test('fromFile refuses an option that the format does not have, a single picture and what is not there', async () => {
  await assert.rejects(
    fromFile(at('own.data'), { label: 'y' }),
    /is an archive of NumPy, which has no option label, expected some of name/,
  );
  await assert.rejects(fromFile(at('table.txt'), { side: 3 }), /is a table of text, which has no option side/);
  await assert.rejects(fromFile(at('pictures/a/1.png')), /is one picture, expected the folder/);
  await assert.rejects(fromFile(at('absent')), {
    name: 'InputError',
    message: /absent is not there, expected a file or a folder/,
  });
});
