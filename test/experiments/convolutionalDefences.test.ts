import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelsFirst, uniform } from '../../src/data';
import { dataset } from '../../src/data/dataset';
import { defence } from '../../src/defences/defence';
import { convolutionalDefences } from '../../src/experiments/convolutionalDefences';
import { evaluateDefences } from '../../src/experiments/evaluateDefences';
import { convNet } from '../../src/model/convNet';
import type { ConvNet, Mlp } from '../../src/types';

const image = { height: 8, width: 8, channels: 1 };
const noise = dataset({ ...uniform({ size: 40, dimension: 64, classes: 4, seed: 3 }), name: 'noise', image });
const input = { channels: 1, height: 8, width: 8 };
const network = (seed: number): ConvNet =>
  convNet({ input, plan: [48, { filters: 96, stride: 2 }], head: [64], classes: 4, init: 'pytorch', seed });

test('convolutionalDefences: undefended batches are exact; under noise, rounding, pruning, dropout and withheld layers nothing is, and no bar is short', async () => {
  const tried = [
    defence.dpSgd(0.01, 1),
    defence.quantise('fp16'),
    defence.quantise('int8'),
    defence.quantise('sign'),
    defence.prune(0.5),
    defence.dropout(0.5),
    defence.maskFirstLayer(1),
    defence.maskFirstLayer(0.5),
    defence.withholdLayers([1]),
    defence.withholdLayers([2]),
    defence.withholdLayers([3]),
  ];
  const rows = await convolutionalDefences(network, noise, tried, { seeds: [1, 2], seconds: 20 });
  assert.equal(rows.length, 2 * (1 + tried.length));
  for (const { defence: name, exact, false: wrong, beyond, size, status, reason } of rows) {
    const what = `${name}: ${status}, ${reason}`;
    assert.deepEqual([exact, wrong, size], [name === 'none' ? 2 : 0, 0, 2], what);
    assert.equal(beyond, 0, what);
  }
});
test('convolutionalDefences: a larger batch is judged as a whole, strength 0 changes nothing', async () => {
  const pool = channelsFirst(noise.draw({ size: 10, seed: 9 }));
  const tried = [defence.prune(0), defence.largerBatch(2, pool)];
  const [none, zero, larger] = await convolutionalDefences(network, noise, tried, { size: 1, seeds: [1] });
  const answer = ({ seconds: _, defence: __, ...row } = none as NonNullable<typeof none>) => row;
  assert.deepEqual(answer(zero), answer());
  assert.deepEqual([larger?.size, larger?.labels, larger?.psnr.length], [3, 3, 3]);
});
test('convolutionalDefences: defences of exclusive neurons, and options out of range, are refused by name', async () => {
  const fails = (tried: Parameters<typeof convolutionalDefences>[2], options: object, message: RegExp) =>
    assert.rejects(convolutionalDefences(network, noise, tried, { size: 1, seeds: [1], ...options }), message);
  for (const [name, one] of Object.entries({
    maskExclusiveRows: defence.maskExclusiveRows(1),
    composeBatch: defence.composeBatch(4, noise),
    exclusivityReduction: defence.exclusivityReduction(1),
  }))
    await fails([one], {}, new RegExp(`${name}: the network has convolutions, expected a fully connected one`));
  await fails([defence.withholdLayers([4])], {}, /withholdLayers: layer is 4, expected one in 0\.\.3/);
  await fails([], { size: 0 }, /size is 0, expected an integer in 1\.\.40/);
  await fails([], { seeds: [] }, /no seeds, expected at least one/);
  await fails([], { seconds: -1 }, /seconds is -1, expected a positive number/);
  const dense = network(1) as unknown as Mlp;
  await assert.rejects(
    evaluateDefences(dense, noise, []),
    /evaluateDefences: the network has convolutions.*see convolutionalDefences/,
  );
});
