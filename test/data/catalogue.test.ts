import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { catalogue } from '../../src/data/catalogue';
import { cifar10, cifar100, fashionMnist, location30, purchase100, texas100 } from '../../src/data/folder';
import { medMnist, medMnistNames } from '../../src/data/medmnist';
import { publishSets } from '../support/publishedSets';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

test('the catalogue says of each set what it is and where it is had, and no two have a name', () => {
  const sets = catalogue();
  assert.equal(new Set(sets.map(({ name }) => name)).size, sets.length);
  assert.deepEqual(
    medMnistNames.filter((name) => !sets.some((set) => set.name === name)),
    [],
  );
  for (const { name, about } of sets) {
    for (const text of [about.title, about.shape, about.licence, about.citation, about.form]) assert.ok(text, name);
    assert.match(about.home, /^https?:\/\//, name);
    for (const { url, checksum } of about.files) {
      assert.match(url, /^https?:\/\//, name);
      assert.match(
        checksum.value,
        { md5: /^[\da-f]{32}$/, sha256: /^[\da-f]{64}$/, git: /^[\da-f]{40}$/ }[checksum.kind],
      );
    }
  }
});
test('the catalogue tells which sets are here, and how each of the others is had', () => {
  const before = process.env.EXAN_DATA;
  process.env.EXAN_DATA = at('few');
  try {
    mkdirSync(at('few/retina'), { recursive: true });
    writeFileSync(at('few/retina/retina_28.npz'), '');
    const sets = catalogue();
    assert.deepEqual(
      sets.filter(({ here }) => here).map(({ name }) => name),
      ['mnist', 'retina'],
    );
    const had = Object.fromEntries(sets.map(({ name, get }) => [name, get]));
    assert.equal(had.mnist, '');
    assert.equal(had.cifar10, 'npx exan data get cifar10');
    assert.match(
      had.isic ?? '',
      /^isic\/isic_32\.npz in the data folder \(numpy: x uint8 N x 32 x 32 x 3, .*; from https:/,
    );
  } finally {
    if (before === undefined) delete process.env.EXAN_DATA;
    else process.env.EXAN_DATA = before;
  }
});
test('sets are read from a data folder as their authors publish them, with what is known of them', async () => {
  const before = process.env.EXAN_DATA;
  process.env.EXAN_DATA = at('.');
  try {
    publishSets(at);
    for (const [set, labels, classes] of [
      [await cifar10(), [3], 10],
      [await cifar10({ split: 'test' }), [4], 10],
      [await cifar100(), [55], 100],
      [await purchase100(), [99, 0], 100],
      [await location30(), [29, 0], 30],
      [await texas100(), [99], 100],
      [await fashionMnist(), [7], 10],
      [await fashionMnist({ split: 'test' }), [8], 10],
      [await medMnist('retinamnist'), [4], 5],
    ] as const) {
      assert.deepEqual([[...set.labels], set.classes], [labels, classes], set.name);
      assert.equal(set.about?.classes, classes, set.name);
    }
    await assert.rejects(
      medMnist('pathmnist'),
      /exan data get pathmnist, or set EXAN_DATA to a folder with pathmnist\/pathmnist\.npz/,
    );
    await assert.rejects(medMnist('mnist' as 'pathmnist'), /name is mnist, expected one of pathmnist/);
  } finally {
    if (before === undefined) delete process.env.EXAN_DATA;
    else process.env.EXAN_DATA = before;
  }
});
