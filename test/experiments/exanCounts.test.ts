import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussian } from '../../src/data';
import { dataset } from '../../src/data/dataset';
import { exanCounts } from '../../src/experiments/exanCounts';
import { fromRows } from '../../src/math/matrix';
import { mlp, mlpOf } from '../../src/model/mlp';
import { close } from '../support/closeness';

/** Worked by hand: z = (x, -x, x - 1); x = 2 fires neurons 0 and 2, x = 0.5 fires neuron 0, x = -1 fires neuron 1. */
const net = mlpOf([
  { weight: fromRows([[1], [-1], [1]]), bias: Float64Array.of(0, 0, -1) },
  {
    weight: fromRows([
      [1, 0, 1],
      [0, 1, 0],
    ]),
    bias: Float64Array.of(0, 0),
  },
]);
const three = dataset({ name: 'three', classes: 2, inputs: fromRows([[2], [0.5], [-1]]), labels: new Int32Array(3) });

test('exanCounts by hand: of three samples two have one ExAN each, and neurons fire for 2/3, 1/3 and 1/3 of them', async () => {
  const [row, ...rest] = await exanCounts(net, three, { sizes: [3], seeds: [1] });
  assert.equal(rest.length, 0);
  assert.deepEqual([row?.size, row?.layer, row?.width, row?.least, row?.insecure], [3, 0, 3, 0, 0]);
  close(row!.mean, 2 / 3, 1e-15);
  close(row!.without, 1 / 3, 1e-15);
  close(row!.firing, 4 / 9, 1e-15);
  close(row!.expected, 3 * (4 / 9) * (5 / 9) ** 2, 1e-15);
  close(row!.expectedByNeuron, (2 / 3) * (1 / 9) + 2 * (1 / 3) * (4 / 9), 1e-15);
});

test('exanCounts of samples that are independent around zero is what is expected of independent activations', async () => {
  const cloud = gaussian({ size: 2000, dimension: 64, classes: 3, seed: 4 });
  const wide = mlp({ widths: [64, 2048, 3], init: 'he', seed: 2 });
  for (const row of await exanCounts(wide, cloud, { sizes: [2, 4, 6] })) {
    // a sample's count has a deviation of about its root; 5 batches of M samples are averaged
    const deviation = Math.sqrt(row.expected / (5 * row.size));
    assert.ok(Math.abs(row.mean - row.expected) < 6 * deviation, `${row.mean}, ${row.expected} at M = ${row.size}`);
    assert.ok(Math.abs(row.expectedByNeuron / row.expected - 1) < 0.05, `${row.expectedByNeuron}, ${row.expected}`);
    close(row.firing, 0.5, 0.01);
  }
});

test('exanCounts has a row for each size and ReLU layer, and all layers decide on the boundary', async () => {
  const cloud = gaussian({ size: 40, dimension: 8, classes: 3, seed: 4 });
  const rows = await exanCounts(mlp({ widths: [8, 256, 4, 3], seed: 1 }), cloud, { sizes: [1, 8], seeds: [1, 2] });
  assert.deepEqual(
    rows.map(({ size, layer, width }) => [size, layer, width]),
    [
      [1, 0, 256],
      [1, 1, 4],
      [8, 0, 256],
      [8, 1, 4],
    ],
  );
  assert.deepEqual([rows[2]?.insecure, rows[3]?.insecure], [0, 0], '8 samples cannot have 2 of 4 neurons each');
});

test('exanCounts names what is missing, and stops when asked to', async () => {
  await assert.rejects(exanCounts(net, three, { sizes: [] }), /exanCounts: sizes are \[\] and seeds \[1,2,3,4,5\]/);
  await assert.rejects(exanCounts(net, three, { sizes: [0] }), /sizes positive integers/);
  await assert.rejects(exanCounts(net, three, { sizes: [2], signal: AbortSignal.abort() }), { name: 'AbortError' });
});
