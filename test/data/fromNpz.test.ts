import assert from 'node:assert/strict';
import test from 'node:test';
import { fromMedMnist, fromNpz } from '../../src/data/fromNpz';
import { gaussian } from '../../src/data/synthetic';
import { writeNpz } from '../../src/data/writeNpz';
import { dataFile } from '../support/dataFolder';
import { writeNpz as bytesOf } from '../support/npz';
import { lacks, runPython } from '../support/python';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

test('what writeNpz wrote, fromNpz reads, bit by bit', async () => {
  const noise = gaussian({ size: 5, dimension: 7, classes: 3, seed: 1 });
  const single = { ...noise, inputs: { ...noise.inputs, data: noise.inputs.data.map(Math.fround) } };
  const bits = { ...noise, inputs: { ...noise.inputs, data: noise.inputs.data.map((v) => Number(v > 0)) } };
  const image = { height: 7, width: 1, channels: 1 };
  const greys = { ...noise, image, inputs: { ...noise.inputs, data: noise.inputs.data.map((_, k) => k / 255) } };
  for (const batch of [noise, single, bits, greys]) {
    writeNpz(at('a.npz'), batch);
    const set = await fromNpz(at('a.npz'), { classes: 3 });
    assert.deepEqual(
      [set.inputs, set.labels, set.image],
      [batch.inputs, batch.labels, 'image' in batch ? image : undefined],
    );
  }
});
test('NumPy reads what writeNpz wrote', { skip: lacks('numpy') }, () => {
  const batch = gaussian({ size: 2, dimension: 3, classes: 2, seed: 1 });
  writeNpz(at('b.npz'), batch);
  const said = runPython(
    [
      'import numpy, json',
      'f = numpy.load("b.npz")',
      'print(json.dumps([f["x"].tolist(), f["y"].tolist(), str(f["x"].dtype)]))',
    ],
    at('.'),
  );
  const [x, y, dtype] = JSON.parse(said);
  assert.deepEqual([x.flat(), y, dtype], [[...batch.inputs.data], [...batch.labels], 'float64']);
});
test('fromMedMnist takes pictures and labels M x 1 of a part, and refuses several labels a picture', async () => {
  const arrays = (columns: number) => ({
    train_images: { shape: [2, 1, 2], data: Uint8Array.of(0, 255, 51, 102) },
    train_labels: { shape: [2, columns], data: new Uint8Array(2 * columns).fill(1) },
    val_images: { shape: [1, 1, 2, 3], data: new Uint8Array(6).fill(255) },
    val_labels: { shape: [1, 1], data: Uint8Array.of(0) },
  });
  bytesOf(at('m.npz'), arrays(1));
  const train = await fromMedMnist(at('m.npz'));
  assert.deepEqual([[...train.inputs.data], [...train.labels], train.image?.channels], [[0, 1, 0.2, 0.4], [1, 1], 1]);
  assert.deepEqual((await fromMedMnist(at('m.npz'), { split: 'val' })).image, { height: 1, width: 2, channels: 3 });
  await assert.rejects(fromMedMnist(at('m.npz'), { split: 'test' }), /no array test_images, only train_images/);
  await assert.rejects(
    async () => fromMedMnist(at('m.npz'), { split: 'all' as 'val' }),
    /split is all, expected 'train', 'val' or 'test'/,
  );
  bytesOf(at('chest.npz'), arrays(14));
  await assert.rejects(fromMedMnist(at('chest.npz')), /train_labels \(2,14\), expected M samples/);
});
test('fromNpz counts labels from 1 from 0 where the classes say so, and takes names and the first samples', async () => {
  bytesOf(at('n.npz'), {
    X: { shape: [3, 2], data: Uint8Array.of(1, 2, 3, 4, 5, 6) },
    t: { shape: [3], data: Uint8Array.of(1, 2, 3) },
  });
  const set = await fromNpz(at('n.npz'), { inputs: 'X', labels: 't', classes: 3 });
  assert.deepEqual([[...set.inputs.data], [...set.labels], set.name], [[1, 2, 3, 4, 5, 6], [0, 1, 2], 'n']);
  assert.deepEqual([...(await fromNpz(at('n.npz'), { inputs: 'X', labels: 't', most: 1 })).labels], [1]);
  await assert.rejects(fromNpz(at('n.npz')), /no array x, only X\.npy, t\.npy/);
});
test('fromNpz refuses pictures with channels first, and takes volumes as values without a picture', async () => {
  const labels = { shape: [2], data: Uint8Array.of(0, 1) };
  bytesOf(at('first.npz'), { x: { shape: [2, 3, 8, 8], data: new Uint8Array(384) }, y: labels });
  await assert.rejects(
    fromNpz(at('first.npz')),
    /looks like channels first, expected them last; save x\.transpose\(0, 2, 3, 1\)/,
  );
  bytesOf(at('volume.npz'), { x: { shape: [2, 5, 5, 5], data: new Uint8Array(250).fill(255) }, y: labels });
  const { image, inputs } = await fromNpz(at('volume.npz'));
  assert.deepEqual([image, inputs.columns, inputs.data[0]], [undefined, 125, 1]);
});
const diabetes = dataFile('tabular_sklearn/diabetes.npz');
test('fromNpz refuses targets that are no classes', { skip: diabetes.skip }, async () => {
  await assert.rejects(
    fromNpz(diabetes.path),
    /y are 221 floats up to \d+, which look like measurements, expected classes/,
  );
});
