import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { InputError } from '../../src/check';
import { fromNpz } from '../../src/data/fromNpz';
import { fromPictures } from '../../src/data/pictureFolder';
import { png } from '../../src/viz/png';
import { dataFile } from '../support/dataFolder';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const folder = (name: string, files: Readonly<Record<string, Uint8Array | string>>): string => {
  for (const [file, bytes] of Object.entries(files)) {
    mkdirSync(join(at(name), file, '..'), { recursive: true });
    writeFileSync(join(at(name), file), bytes);
  }
  return at(name);
};
const grey = (height: number, width: number, ...bytes: number[]) =>
  png({ height, width, channels: 1, bytes: Uint8Array.from(bytes) });

test('fromPictures takes a folder a class, in order of names, and grey and colour files', async () => {
  const path = folder('both', {
    'dog/b.png': grey(1, 2, 255, 0),
    'dog/a.pgm': 'P5 2 1 255 \x00\x33',
    'cat/c.png': png({ height: 1, width: 2, channels: 3, bytes: Uint8Array.of(255, 0, 0, 51, 51, 51) }),
    'readme.txt': 'not in a class',
    'dog/.hidden': 'passed over',
  });
  const set = await fromPictures(path, { channels: 1 });
  assert.deepEqual([[...set.labels], set.labelNames, set.name], [[0, 1, 1], ['cat', 'dog'], 'both']);
  assert.deepEqual([...set.inputs.data], [76 / 255, 0.2, 0, 0.2, 1, 0]); // red is 0.299 of white
  const colour = await fromPictures(path);
  assert.deepEqual([...colour.inputs.data.subarray(0, 12)], [1, 0, 0, 0.2, 0.2, 0.2, 0, 0, 0, 0.2, 0.2, 0.2]);
  assert.deepEqual(colour.image, { height: 1, width: 2, channels: 3 });
  assert.equal((await fromPictures(path, { most: 2 })).inputs.rows, 2);
});
test('fromPictures cuts out the middle square and resizes it where a side is given', async () => {
  const path = folder('sizes', { 'a/1.png': grey(1, 3, 9, 51, 9), 'b/1.png': grey(2, 2, 255, 255, 255, 255) });
  await assert.rejects(fromPictures(path), /b\/1\.png has 2 x 2 pixels, expected 3 x 1 as the first; give a side/);
  const set = await fromPictures(path, { side: 2 });
  assert.deepEqual([set.inputs.columns, set.image?.width], [4, 2]);
  set.inputs.data.forEach((v, k) => {
    assert.ok(Math.abs(v - (k < 4 ? 0.2 : 1)) < 1e-12);
  });
});
test('fromPictures takes labels from a table, files in its order, with names of columns or without', async () => {
  const path = folder('flat', {
    'x.png': grey(1, 1, 51),
    'y.png': grey(1, 1, 255),
    'unused.png': grey(2, 2, 1, 2, 3, 4),
  });
  for (const head of ['image,grade\n', '']) {
    writeFileSync(at('labels.csv'), `${head}y.png,10\nx.png,9\n`);
    const set = await fromPictures(path, { labels: at('labels.csv') });
    assert.deepEqual(
      [[...set.inputs.data], [...set.labels], set.labelNames],
      [
        [1, 0.2],
        [1, 0],
        ['9', '10'],
      ],
    );
  }
  writeFileSync(at('labels.csv'), 'y.png,1\n../other.png,0\n');
  await assert.rejects(
    fromPictures(path, { labels: at('labels.csv') }),
    /names \.\.\/other\.png in record 1, which is not in/,
  );
  writeFileSync(at('labels.csv'), 'y.png\n');
  await assert.rejects(fromPictures(path, { labels: at('labels.csv') }), /has no label for y\.png/);
  writeFileSync(at('labels.csv'), 'z.png,1\n');
  await assert.rejects(fromPictures(path, { labels: at('labels.csv') }), /names no file in/);
});
const retina = dataFile('retina/labels.csv');
test('fromPictures reads the fundus photographs as fromNpz does', { skip: retina.skip }, async () => {
  const set = await fromPictures(join(retina.path, '..', 'images64'), { labels: retina.path });
  const npz = await fromNpz(dataFile('retina/retina_64.npz').path);
  assert.deepEqual([set.inputs, set.labels, set.image], [npz.inputs, npz.labels, npz.image]);
});
test('fromPictures tells how pictures of other kinds become PNGs, and names what is wrong', async () => {
  const others = folder('others', { 'a/1.webp': 'x', 'b/2.png': grey(1, 1, 0) });
  await assert.rejects(fromPictures(others), (error: InputError) => {
    assert.match(
      error.message,
      /a has 1\.webp, expected pictures \.png, \.pgm, \.ppm, \.jpg, \.jpeg; convert them where Python has Pillow/,
    );
    assert.equal(error.remedy.length, 3);
    return error instanceof InputError;
  });
  await assert.rejects(fromPictures(at('absent')), /absent cannot be read/);
  await assert.rejects(
    fromPictures(folder('one', { 'a/1.png': grey(1, 1, 0) })),
    /has 1 folders and 1 pictures.*at least 2/,
  );
  const damaged = folder('damaged', { 'a/1.png': grey(1, 1, 0).subarray(0, 40), 'b/1.png': grey(1, 1, 0) });
  await assert.rejects(fromPictures(damaged), /a\/1\.png: .*|a\/1\.png has no end/);
  await assert.rejects(fromPictures(at('both'), { side: 0 }), /side is 0/);
});
