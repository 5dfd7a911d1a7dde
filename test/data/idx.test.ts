import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { fromNpz } from '../../src/data/fromNpz';
import { fromIdx } from '../../src/data/idx';
import { dataFile } from '../support/dataFolder';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const header = (type: number, ...sizes: number[]): Buffer => {
  const bytes = Buffer.alloc(4 + 4 * sizes.length);
  bytes.set([0, 0, type, sizes.length]);
  sizes.forEach((size, k) => {
    bytes.writeUInt32BE(size, 4 + 4 * k);
  });
  return bytes;
};
const pictures = Buffer.concat([header(8, 2, 1, 3), Buffer.of(0, 51, 102, 153, 204, 255)]);
const labels = Buffer.concat([header(8, 2), Buffer.of(3, 1)]);

test('fromIdx reads two pictures worked out by hand, packed or not, and finds the labels beside them', async () => {
  for (const [name, pack] of [
    ['two-images-idx3-ubyte', (b: Buffer) => b],
    ['two-images-idx3-ubyte.gz', gzipSync],
  ] as const) {
    writeFileSync(at(name), pack(pictures));
    writeFileSync(at(name.replace('images-idx3', 'labels-idx1')), pack(labels));
    const set = await fromIdx(at(name));
    assert.deepEqual([...set.inputs.data], [0, 0.2, 0.4, 0.6, 0.8, 1]);
    assert.deepEqual([...set.labels, set.classes, set.name], [3, 1, 4, 'two']);
    assert.deepEqual(set.image, { height: 1, width: 3, channels: 1 });
    const one = await fromIdx(at(name), undefined, { most: 1, classes: 10, name: 'one' });
    assert.deepEqual([one.inputs.rows, one.classes, one.name], [1, 10, 'one']);
  }
});
const real = dataFile('mnist/images-idx3-ubyte.gz');
test('fromIdx reads the same digits from IDX as fromNpz from NumPy', { skip: real.skip }, async () => {
  const [idx, npz] = [await fromIdx(real.path), await fromNpz(dataFile('mnist/mnist.npz').path)];
  assert.equal(idx.inputs.rows, 2000);
  assert.deepEqual(idx.inputs, npz.inputs);
  assert.deepEqual(idx.labels, npz.labels);
});
test('fromIdx names what is wrong, before it makes room for what is not there', async () => {
  writeFileSync(at('labels'), labels);
  const cases: [RegExp, Buffer][] = [
    [/not in IDX format/, Buffer.from('hello there')],
    [/ends after 3 of 4 bytes of its start \(truncated\?\)/, Buffer.of(0, 0, 8)],
    [/has 1 dimensions of type 8, expected 3 of type 8/, labels],
    [
      /has 3 dimensions of type 13, expected 3 of type 8, unsigned bytes/,
      Buffer.concat([header(13, 1, 1, 1), Buffer.alloc(4)]),
    ],
    [
      /says 10000000000 bytes follow, more than the file can hold/,
      Buffer.concat([header(8, 1e4, 1e3, 1e3), Buffer.alloc(9)]),
    ],
    [/ends after 5 of 6 bytes of its data|more than the file can hold/, pictures.subarray(0, -1)],
    [/has more bytes than the 6 that it says/, Buffer.concat([pictures, Buffer.of(1)])],
    [/expected no zero in it/, header(8, 2, 0, 3)],
    [/is a damaged gzip/, gzipSync(pictures).subarray(0, -9)],
    [/is a damaged gzip/, Buffer.concat([gzipSync(Buffer.alloc(0)).subarray(0, 10), Buffer.from('no deflate')])],
  ];
  for (const [message, bytes] of cases) {
    writeFileSync(at('images'), bytes);
    await assert.rejects(fromIdx(at('images'), at('labels')), { name: 'InputError', message });
  }
  writeFileSync(at('images'), Buffer.concat([header(8, 1, 1, 3), Buffer.alloc(3)]));
  await assert.rejects(fromIdx(at('images'), at('labels')), /has 1 pictures and .* has 2 labels, expected as many/);
  await assert.rejects(fromIdx(at('digits')), /no "images" in its name, expected the file of labels too/);
  await assert.rejects(fromIdx(at('images'), at('absent')), /absent cannot be read \(ENOENT/);
  await assert.rejects(fromIdx(at('images'), at('labels'), { most: 0 }), /most is 0, expected the number of samples/);
});
test('a packed file that says it has gigabytes is refused by what gzip can make of it', async () => {
  writeFileSync(at('big-images'), gzipSync(Buffer.concat([header(8, 200, 1000, 1000), Buffer.alloc(1000)])));
  writeFileSync(at('big-labels'), labels);
  await assert.rejects(fromIdx(at('big-images'), at('big-labels')), /says 200000000 bytes follow, more than/);
});
