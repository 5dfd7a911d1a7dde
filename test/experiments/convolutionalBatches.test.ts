import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mnist, uniform } from '../../src/data';
import { dataset } from '../../src/data/dataset';
import { convolutionalBatches } from '../../src/experiments/convolutionalBatches';
import { convNet } from '../../src/model/convNet';
import type { ConvNet } from '../../src/types';

const image = { height: 10, width: 10, channels: 2 };
const noise = dataset({ ...uniform({ size: 40, dimension: 200, classes: 4, seed: 3 }), name: 'noise', image });
const input = { channels: 2, height: 10, width: 10 };
/** Two convolutions with filters enough for four pictures, under a head that tells them apart. */
const strided = (seed: number): ConvNet =>
  convNet({ input, plan: [64, { filters: 64, stride: 2 }], head: [64], classes: 4, init: 'pytorch', seed });

test('convolutionalBatches: a row per size and seed, each sample at more than 100 dB, labels right, nothing false', async () => {
  const told: number[] = [];
  const onProgress = (fraction: number): void => void told.push(fraction);
  const rows = await convolutionalBatches(strided, noise, { sizes: [1, 3], seeds: [1, 2], onProgress });
  assert.deepEqual(
    rows.map(({ data, size, seed }) => [data, size, seed]),
    [1, 3].flatMap((size) => [1, 2].map((seed) => ['noise', size, seed])),
  );
  for (const row of rows) {
    const { size, seed, pictures } = row;
    const truth = noise.draw({ size, seed });
    assert.deepEqual(pictures.truth, truth);
    assert.deepEqual([row.labels, row.recovered, row.false], [size, size, 0], row.reason);
    assert.equal(row.exact, row.status === 'exact' ? size : 0);
    assert.deepEqual([row.psnr.length, row.ssim.length, pictures.recovered?.labels.length], [size, size, size]);
    assert.ok(row.psnr.every((v) => (v as number) > 100) && row.ssim.every((v) => (v as number) > 1 - 1e-9));
    assert.ok(row.read <= row.convolutions && row.convolutions === 2);
  }
  assert.ok(rows.filter((r) => r.status === 'exact').length >= 2);
  assert.ok(told.at(-1) === 1 && told.every((f, k) => f >= (told[k - 1] ?? 0) && f <= 1));
});
test('convolutionalBatches: with too few filters the head gives labels, the reason counts equations, and no picture is called exact', async () => {
  const few = (seed: number): ConvNet =>
    convNet({ input, plan: [2, 'maxPool', 3, 'maxPool'], head: [64], classes: 4, init: 'he', seed });
  const [row] = await convolutionalBatches(few, noise, { sizes: [2], precision: 'float64', seconds: 5 });
  assert.deepEqual([row?.exact, row?.false, row?.read], [0, 0, 0]);
  assert.equal(row?.labels, 2);
  assert.match(`${row?.stopped}`, /equations for the \d+ unknowns|singular|not explained/);
});
test('convolutionalBatches: a time limit and a signal end a batch with what it has, and later batches are not begun', async () => {
  const stop = new AbortController();
  const digits = await mnist();
  const deep = (seed: number): ConvNet =>
    convNet({
      input: { channels: 1, height: 28, width: 28 },
      plan: [64, 'maxPool', 128, 'maxPool'],
      head: [256],
      seed,
    });
  const [short] = await convolutionalBatches(deep, digits, { sizes: [2], seconds: 0.01 });
  assert.ok(short && short.status !== 'exact' && short.seconds < 20, `${short?.status}`);
  setTimeout(() => stop.abort(), 300);
  const rows = await convolutionalBatches(deep, digits, { sizes: [2, 4], signal: stop.signal });
  assert.deepEqual(
    rows.map(({ size, status }) => [size, status === 'exact']),
    [[2, false]],
  );
  assert.deepEqual(await convolutionalBatches(deep, digits, { signal: stop.signal }), []);
});
test('convolutionalBatches names what is out of range', async () => {
  const fails = (set: typeof noise, options: object, message: RegExp) =>
    assert.rejects(convolutionalBatches(strided, set, options), message);
  await fails(noise, { sizes: [] }, /0 sizes and 1 seeds, expected at least one of each/);
  await fails(noise, { sizes: [41] }, /size is 41, expected an integer in 1\.\.40/);
  await fails(noise, { seconds: 0 }, /seconds is 0, expected a positive number/);
  await fails(await mnist(), { sizes: [1] }, /pictures are 1 x 28 x 28, expected 2 x 10 x 10 .*see data\.atSide/);
  const { image: _, ...bare } = noise;
  await fails(dataset(bare), { sizes: [1] }, /the data set has no pictures/);
});
