import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { dataset } from '../../src/data/dataset';
import { federatedSettings } from '../../src/experiments/federatedSettings';
import type { FederatedRow } from '../../src/experiments/federatedTrial';
import { temporaryFolder } from '../support/temporary';
import { uniformBatch } from '../support/uniformBatch';

const at = temporaryFolder();
const set = dataset({ name: 'uniform', classes: 6, ...uniformBatch(60, 48, 6, 5) });
const grid = { sizes: [4, 8], epochs: [1, 3], rates: [0.1], batchSizes: [null, 4], seeds: [1], width: 128 } as const;
const all = federatedSettings(set, grid);
const untimed = (rows: readonly FederatedRow[]) => rows.map(({ took: _, ...row }) => row);

test('federatedSettings: every sample foretold and found, proven or not told from near pairs, whole batches and mini-batches whose order is found', async () => {
  const rows = await all;
  // mini-batches of 4 out of 4 are the whole batch
  assert.deepEqual(
    rows.map((r) => [r.size, r.batchSize, r.epochs, r.steps]),
    [
      [4, null, 1, 1],
      [4, null, 3, 3],
      [8, null, 1, 1],
      [8, null, 3, 3],
      [8, 4, 1, 2],
      [8, 4, 3, 6],
    ],
  );
  for (const r of rows) {
    // so few pairs of near samples may have no neuron that turns between the two, and float32's noise hides the rest
    const proven = r.status === 'exact';
    assert.deepEqual([r.status, r.false, r.ordered], [proven ? 'exact' : 'approximate', 0, true], r.reason);
    assert.deepEqual([r.exposed, r.recovered, r.labels, r.exact], [...new Array(3).fill(r.size), proven ? r.size : 0]);
    if (!proven) assert.match(r.reason, /might be the mean of several/);
    assert.ok(r.psnr !== null && r.psnr > 80 && r.precision === 'float32');
  }
});
test('federatedSettings: what is beyond the attack is neither exact nor false, though the exposure foretold it', async () => {
  const [row] = await federatedSettings(set, {
    ...grid,
    sizes: [24],
    epochs: [40],
    rates: [2],
    batchSizes: [4],
    seconds: 1,
  });
  assert.deepEqual([row?.exact, row?.false, row?.psnr], [0, 0, null]);
  assert.ok(row!.flips > 0.1 && row!.drift > 0.3 && row!.recovered < 24);
});
test('a killed run goes on from the trials in its log, and a stopped one hands over what it has', async () => {
  const log = at('federated.jsonl');
  const stop = new AbortController();
  const onProgress = (fraction: number, note: string): void => {
    assert.ok(0 <= fraction && fraction <= 1);
    if (note.startsWith('M = 8, 3 epochs')) stop.abort();
  };
  const few = await federatedSettings(set, { ...grid, log, signal: stop.signal, onProgress });
  assert.equal(few.length, 3);
  const lines = readFileSync(log, 'utf8').split('\n');
  writeFileSync(log, `${lines[0]}\n${lines[1]!.slice(0, 50)}`);
  assert.deepEqual(untimed(await federatedSettings(set, { ...grid, log })), untimed(await all));
});
test('federatedSettings names what is out of range', async () => {
  const fails = (over: object, message: RegExp) =>
    assert.rejects(federatedSettings(set, { ...grid, ...over }), { name: 'InputError', message });
  await fails({ sizes: [] }, /federatedSettings: sizes is empty/);
  await fails({ sizes: [100] }, /sizes are 100, expected at most the 60 samples of uniform/);
  await fails({ epochs: [1.5] }, /epochs is 1.5, expected positive integers/);
  await fails({ batchSizes: [0] }, /batchSizes is 0/);
  await fails({ rates: [0] }, /rates are 0, expected positive numbers/);
  await fails({ precision: 'fp16' }, /precision is fp16/);
  await fails({ seconds: 0 }, /seconds is 0, expected a positive number/);
});
