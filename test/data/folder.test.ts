import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import type { Dataset } from '../../src/data/dataset';
import { cifar10, faces, isic, location30, retina } from '../../src/data/folder';
import { dataFolders } from '../../src/data/locate';
import { temporaryFolder } from '../support/temporary';

const isic64 = (): Promise<Dataset> => isic({ side: 64 });
const retina64 = (): Promise<Dataset> => retina({ side: 64 });
const sets: { load: () => Promise<Dataset>; folder: string; size: number; dimension: number; classes: number }[] = [
  { load: cifar10, folder: 'cifar10_jpeg', size: 1000, dimension: 3072, classes: 10 },
  { load: retina, folder: 'retina', size: 297, dimension: 2352, classes: 5 },
  { load: isic, folder: 'isic', size: 200, dimension: 3072, classes: 2 },
  { load: isic64, folder: 'isic', size: 200, dimension: 12288, classes: 2 },
  { load: retina64, folder: 'retina', size: 297, dimension: 12288, classes: 5 },
  { load: faces, folder: 'att_faces', size: 190, dimension: 4096, classes: 38 },
  { load: location30, folder: 'location30', size: 2000, dimension: 446, classes: 30 },
];

for (const { load, folder, size, dimension, classes } of sets) {
  const there = dataFolders().some((base) => existsSync(join(base, folder)));
  test(`${load.name} has its size, entries in [0, 1] and every label from 0`, {
    skip: there ? false : `no ${folder} in ${dataFolders().join(', ')}`,
  }, async () => {
    const set = await load();
    assert.deepEqual([set.inputs.rows, set.inputs.columns, set.classes], [size, dimension, classes]);
    assert.ok(set.inputs.data.every((v) => 0 <= v && v <= 1));
    assert.ok(set.inputs.data.some((v) => v > 0.9));
    assert.deepEqual(
      [...new Set(set.labels)].sort((a, b) => a - b),
      [...Array(classes).keys()],
    );
    assert.equal(set.image?.channels, load === location30 ? undefined : load === faces ? 1 : 3);
  });
}
test('a dataset that is absent rejects, and says where to get it and in which form', async () => {
  const before = process.env.EXAN_DATA;
  process.env.EXAN_DATA = dirname(temporaryFolder()('x'));
  try {
    await assert.rejects(cifar10(), {
      name: 'InputError',
      message:
        /exan data get cifar10, or set EXAN_DATA to a folder with cifar10_jpeg\/cifar10\.npz \(numpy: x uint8 N x 32 x 32 x 3.*https:/,
    });
  } finally {
    if (before === undefined) delete process.env.EXAN_DATA;
    else process.env.EXAN_DATA = before;
  }
});
test('sides that no file has are refused', async () => {
  await assert.rejects(isic({ side: 28 as 32 }), /isic: side is 28, expected 32 or 64/);
  await assert.rejects(retina({ side: 32 as 28 }), /retina: side is 32, expected 28 or 64/);
});
