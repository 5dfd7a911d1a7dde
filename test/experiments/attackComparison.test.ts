import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataset } from '../../src/data/dataset';
import { attackComparison } from '../../src/experiments/attackComparison';
import { summedUp } from '../../src/experiments/comparedOutcome';
import { type Contestant, contestants } from '../../src/experiments/contestants';
import { fromRows, matrix, row } from '../../src/math/matrix';
import { uniformBatch } from '../support/uniformBatch';

const set = dataset({ name: 'uniform', classes: 3, ...uniformBatch(40, 8, 3, 5) });
const widths = [8, 96, 3];
const mine = [contestants.exan, contestants['row-ratios']];

test('attackComparison: a row per attack on the same batches, and where ours says exact no rival has a lower error', async () => {
  const rows = await attackComparison(set, mine, { widths, sizes: [1, 4], seeds: [1, 2], seconds: 10 });
  assert.deepEqual(
    rows.map((r) => [r.attack, r.size, r.seed]),
    [1, 4].flatMap((size) => [1, 2].flatMap((seed) => mine.map(({ name }) => [name, size, seed]))),
  );
  const ours = rows.filter((r) => r.attack === 'exan');
  assert.deepEqual(
    ours.map((r) => [r.status, r.exact, r.labels, r.firstSeconds !== null]),
    ours.map((r) => ['exact', r.size, 1, true]),
  );
  for (const r of rows) {
    const other = ours.find((o) => o.size === r.size && o.seed === r.seed)!;
    assert.ok(r.psnr <= other.psnr, `${r.attack}: ${r.psnr} dB beside ${other.psnr}`);
    assert.ok(r.seconds > 0 && r.memory >= 0 && r.history.at(-1)![1] === r.psnr);
  }
});
test('a contestant is judged by what it hands over, against the clock, and each guess on the way counts', async () => {
  // worked on paper: grey is 0.5, so of a sample x the squared error is the mean of (x - 0.5)²
  const grey: Contestant = {
    name: 'grey',
    told: ['batch size', 'labels'],
    run: async (model, _, { size, labels }, { onGuess }) => {
      const half = matrix(size, model.widths[0]!);
      onGuess?.(half);
      return { inputs: { ...half, data: half.data.map(() => 0.5) }, labels, status: 'estimate', reason: 'a guess' };
    },
  };
  const [r] = await attackComparison(set, [grey], { widths, sizes: [1], seeds: [3] });
  const x = row(set.draw({ size: 1, seed: 3 }).inputs, 0);
  const dB = (level: number) => -10 * Math.log10(x.reduce((sum, v) => sum + (v - level) ** 2, 0) / x.length);
  assert.deepEqual(
    r!.history.map(([, psnr]) => psnr.toFixed(9)),
    [dB(0), dB(0.5)].map((v) => Math.max(0, v).toFixed(9)),
  );
  assert.deepEqual([r!.exact, r!.labels, r!.status, r!.candidates], [0, null, 'estimate', 1]); // labels it was told are not counted
});
test('iterations reach every attack, and an optimiser that is told two of them makes two', async () => {
  const seen: (number | undefined)[] = [];
  const told: Contestant = {
    name: 'told',
    told: [],
    run: async (model, _, __, { iterations }) => {
      seen.push(iterations);
      return { inputs: matrix(0, model.widths[0]!), labels: new Int32Array(0), status: 'estimate', reason: '' };
    },
  };
  const grid = { widths, sizes: [2], seeds: [1] };
  const rows = await attackComparison(set, [told, contestants.dlg], { ...grid, iterations: 2 });
  await attackComparison(set, [told], grid);
  assert.deepEqual(seen, [2, undefined]);
  assert.match(rows[1]!.reason, /all iterations made at iteration 2 of random start 1/);
});
test('labels are counted as far as the batch has as many of them', async () => {
  const sayer: Contestant = {
    name: 'sayer',
    told: [],
    run: async (_, __, { labels }) => ({
      inputs: fromRows([], 8),
      labels: Int32Array.from(labels, () => labels[0]!),
      status: 'estimate',
      reason: 'one label for all',
    }),
  };
  const [r] = await attackComparison(set, [sayer], { widths, sizes: [6], seeds: [1] });
  const { labels } = set.draw({ size: 6, seed: 1 });
  assert.equal(r!.labels, labels.filter((y) => y === labels[0]).length / 6);
  assert.equal(r!.psnr, 0);
});
test('summedUp gives medians and intervals over the seeds', () => {
  const one = { attack: 'a', size: 4, exact: 4, visible: 4, psnr: 50, labels: 1, seconds: 2, firstSeconds: null };
  const rest = { memory: 1, candidates: 4, status: 'estimate', told: [], reason: '', history: [] } as const;
  const rows = [
    { ...one, ...rest, seed: 1 },
    { ...one, ...rest, seed: 2, exact: 2, psnr: 30, labels: 0.5, firstSeconds: 7 },
    { ...one, ...rest, seed: 3, exact: 3, psnr: 10, seconds: 9, labels: null },
  ];
  const [sum] = summedUp(rows);
  assert.deepEqual([sum!.batches, sum!.exact.mean, sum!.psnr, sum!.seconds, sum!.firstSeconds], [3, 3, 30, 2, 7]);
  assert.ok(sum!.exact.low < 2 && sum!.exact.high > 4);
  assert.equal(sum!.labels!.mean, 0.75);
});
test('attackComparison refuses nothing to compare, and an abort hands over the rows that are there', async () => {
  await assert.rejects(attackComparison(set, []), /attackComparison: 0 attacks, 2 sizes and 3 seeds/);
  await assert.rejects(attackComparison(set, mine, { seconds: 0 }), /seconds is 0, expected a positive number/);
  await assert.rejects(
    attackComparison(set, mine, { iterations: 0 }),
    /attackComparison: iterations is 0, expected a positive integer/,
  );
  const stop = new AbortController();
  const rows = await attackComparison(set, mine, {
    ...{ widths, sizes: [1], seeds: [1, 2], signal: stop.signal },
    onRow: () => stop.abort(),
  });
  assert.equal(rows.length, 1);
});
