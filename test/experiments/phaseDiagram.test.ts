import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromArrays, gaussian } from '../../src/data';
import { phaseDiagram } from '../../src/experiments/phaseDiagram';
import type { PhaseTrial } from '../../src/experiments/phaseTrial';
import { trialLog } from '../../src/experiments/trialLog';
import { phaseDiagram as figureOf } from '../../src/viz/phaseDiagram';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const grid = { sizes: [2, 48], widths: [128], seeds: 2, methods: ['boundary', 'exan'] } as const;
const untimed = (rows: readonly PhaseTrial[]) => rows.map(({ took: _, ...row }) => row);

test('two digits in 128 neurons are recovered, 48 are outside the boundary', async () => {
  const rows = await phaseDiagram(grid);
  assert.equal(rows.length, 8);
  assert.ok(rows.filter((r) => r.size === 2).every((r) => r.success));
  assert.ok(rows.filter((r) => r.size === 48 && r.method === 'boundary').every((r) => !r.success));
});
test('rows are the same with two workers as in this thread', async () => {
  assert.deepEqual(
    untimed(await phaseDiagram({ ...grid, workers: 2 })),
    untimed(await phaseDiagram({ ...grid, workers: 0 })),
  );
});
test('a killed run continues: whole lines are kept, a cut last line is run again', async () => {
  const log = at('phase.jsonl');
  const first = await phaseDiagram({ ...grid, log });
  const lines = readFileSync(log, 'utf8').split('\n');
  writeFileSync(log, `${lines.slice(0, 3).join('\n')}\n${(lines[3] as string).slice(0, 20)}`);
  const reported: number[] = [];
  const second = await phaseDiagram({ ...grid, log, onProgress: (f) => reported.push(f) });
  assert.deepEqual(untimed(second), untimed(first));
  // 8 trials, 3 of them kept; each of the others when it begins and when it is done
  assert.deepEqual(
    reported,
    [3, 4, 4, 5, 5, 6, 6, 7, 7, 8].map((k) => k / 8),
  );
  const kept = trialLog(log);
  assert.equal(kept.rows.length, 8);
  kept.close();
});
test('a sweep that is stopped keeps what it has', async () => {
  const stop = new AbortController();
  const rows = await phaseDiagram({ ...grid, signal: stop.signal, onProgress: (f) => f > 0 && stop.abort() });
  assert.equal(rows.length, 1);
});
test('a signal stops the trial that runs, which is none then', async () => {
  const stop = new AbortController();
  const long = { sizes: [192], widths: [512], seeds: 1, methods: ['pursuit'], secondsPerTrial: 60 } as const;
  const rows = await phaseDiagram({
    ...long,
    signal: stop.signal,
    onProgress: () => setTimeout(() => stop.abort(), 300),
  });
  assert.deepEqual(rows, []);
});
test('a signal stops a sweep while its threads load, at once and without harm to the process', async () => {
  const long = {
    sizes: [192],
    widths: [512],
    seeds: 2,
    methods: ['pursuit'],
    secondsPerTrial: 60,
    workers: 2,
  } as const;
  for (const after of [1, 40, 80, 120, 160, 200, 240]) {
    const rows = await phaseDiagram({ ...long, signal: AbortSignal.timeout(after) }).catch((error) => error);
    assert.deepEqual(rows, [], `after ${after} ms`);
  }
});
test('a signal that comes from outside stops a sweep in this thread', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 1);
  const rows = await phaseDiagram({ ...grid, seeds: 50, methods: ['boundary'], signal: stop.signal, workers: 0 });
  assert.ok(1 <= rows.length && rows.length < 100, `${rows.length} trials`);
});
test('a log that two runs shared has trials twice: they count once, and so does a size given twice', async () => {
  const log = at('shared.jsonl');
  const few = { sizes: [2, 2], widths: [128], seeds: 2, methods: ['boundary'] } as const;
  const rows = await phaseDiagram({ ...few, log });
  assert.equal(rows.length, 2);
  appendFileSync(log, readFileSync(log));
  appendFileSync(log, '{"data":{"toString":1},"size":{}}\n'); // from elsewhere, of no point
  assert.deepEqual(await phaseDiagram({ ...few, log }), rows);
});
test('two sweeps with one log: the second is refused while the first runs', async () => {
  const log = at('busy.jsonl');
  const first = phaseDiagram({ ...grid, log });
  await assert.rejects(phaseDiagram({ ...grid, log }), /is in use by this process/);
  assert.equal((await first).length, 8);
  assert.equal((await phaseDiagram({ ...grid, log })).length, 8);
});
test('what a worker refuses is an InputError here too', async () => {
  const impossible = phaseDiagram({ ...grid, widths: [3e9], workers: 1 });
  await assert.rejects(impossible, { name: 'InputError', message: /^mlp: widths 784,3000000000,10 make/ });
});
test('phaseDiagram draws from any data set, in this thread and in others alike', async () => {
  const data = fromArrays(
    gaussian({ size: 30, dimension: 20, classes: 3, seed: 2 }).inputs,
    new Uint8Array(30).map((_, k) => k % 3),
  );
  const one = { data, sizes: [2], widths: [40], seeds: 2, methods: ['exan' as const] };
  const [here, there] = [await phaseDiagram({ ...one, workers: 0 }), await phaseDiagram({ ...one, workers: 1 })];
  const plain = (trials: typeof here) => trials.map(({ took: _, ...trial }) => trial);
  assert.deepEqual(plain(here), plain(there));
  assert.deepEqual(
    here.map(({ data: name, success }) => [name, success]),
    [
      ['arrays', true],
      ['arrays', true],
    ],
  );
});
test('phaseDiagram refuses data and methods that it does not know', async () => {
  const data = 'cifar10' as 'mnist';
  await assert.rejects(
    phaseDiagram({ ...grid, data }),
    /phaseDiagram: data is cifar10, expected a data set, mnist or gaussian/,
  );
  const called = { ...gaussian({ size: 8, dimension: 4 }), name: 'mnist' };
  await assert.rejects(phaseDiagram({ ...grid, data: called }), /data is called mnist and may be another mnist/);
  const methods = ['guess' as 'exan'];
  await assert.rejects(phaseDiagram({ ...grid, methods }), /methods are \[guess\], expected some of boundary, exan/);
});
test('phaseDiagram refuses an empty or fractional grid', async () => {
  await assert.rejects(phaseDiagram({ ...grid, sizes: [] }), /sizes are \[\], expected positive integers/);
  await assert.rejects(phaseDiagram({ ...grid, widths: [1.5] }), /widths are \[1.5\]/);
});
test('the figure has one line per method, with the rate of success over M', () => {
  const row = (size: number, method: string, success: boolean) => ({ size, width: 8, depth: 1, method, success });
  const { data } = figureOf([
    row(2, 'exan', true),
    row(2, 'exan', true),
    row(4, 'exan', true),
    row(4, 'exan', false),
    row(2, 'boundary', false),
  ]);
  assert.deepEqual(
    data.map((t) => ('y' in t ? t.y : [])),
    [[1, 0.5], [0]],
  );
});
