import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { phasePoints } from '../../../src/experiments/phaseDiagram';
import { phase } from '../../../src/experiments/phaseTrial';
import { manifestsIn, type SweepManifest, sweepManifest, writeManifest } from '../../../src/experiments/sweep/manifest';
import { mergeSweep } from '../../../src/experiments/sweep/mergeSweep';
import { runTrials } from '../../../src/experiments/sweep/runTrials';
import { shardFile, shardOf } from '../../../src/experiments/sweep/shard';
import { temporaryFolder } from '../../support/temporary';

const at = temporaryFolder();
const grid = { data: 'gaussian', sizes: [2, 4, 8], widths: [16], seeds: 3, methods: ['boundary'] } as const;
const points = phasePoints(grid);

/** Runs shards of the grid into a folder. */
async function shards(folder: string, indices: readonly number[], count: number): Promise<SweepManifest> {
  const manifest = sweepManifest(phase, points, undefined, ['sweep', 'phase']);
  for (const index of indices) {
    const log = join(folder, shardFile(manifest, { index, count }));
    await runTrials(phase, shardOf(points, { index, count }), undefined, { workers: 0, log });
  }
  writeManifest(folder, manifest);
  return manifest;
}

const untimed = (trials: readonly object[]) => trials.map((trial) => ({ ...trial, took: 0 }));

test('shards are disjoint and together all points, in order, and a merge gives what one run gives', async () => {
  for (const count of [1, 2, 4, 9, 20])
    assert.deepEqual(
      Array.from({ length: count }, (_, k) => shardOf(points, { index: k + 1, count })).flat().length,
      points.length,
    );
  const manifest = await shards(at('whole'), [3, 1, 2], 3);
  const { trials, duplicates, gaps, files } = mergeSweep(at('whole'), manifest);
  assert.deepEqual([trials.length, duplicates, gaps, files.length], [9, 0, [], 3]);
  assert.deepEqual(untimed(trials), untimed(await runTrials(phase, points, undefined, { workers: 0 })));
  assert.deepEqual(manifestsIn(at('whole')), [JSON.parse(JSON.stringify(manifest))]);
});
test('a merge counts what is there twice once, leaves a cut line out without touching it, and names the gaps with their shards', async () => {
  const manifest = await shards(at('gaps'), [1, 2], 3);
  const [first = '', second = ''] = readdirSync(at('gaps'))
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
  copyFileSync(at(join('gaps', first)), at(join('gaps', `${manifest.sweep}.copy.jsonl`)));
  const lines = readFileSync(at(join('gaps', second)), 'utf8')
    .trimEnd()
    .split('\n');
  const cut = `${lines.slice(0, 2).join('\n')}\n${lines[2]!.slice(0, 40)}`;
  writeFileSync(at(join('gaps', second)), cut);
  const { trials, duplicates, gaps } = mergeSweep(at('gaps'), manifest);
  assert.deepEqual([trials.length, duplicates], [5, 3]);
  assert.deepEqual(
    gaps.map(({ id, shard }) => [manifest.points.findIndex((p) => p.id === id), shard?.index, shard?.count]),
    [
      [2, 3, 3],
      [5, 3, 3],
      [7, 2, 3],
      [8, 3, 3],
    ],
  );
  assert.equal(readFileSync(at(join('gaps', second)), 'utf8'), cut);
});
test('damaged lines, trials of another sweep and changed trials are refused with file and number', async () => {
  const manifest = await shards(at('bad'), [1], 1);
  const path = at(join('bad', shardFile(manifest, { index: 1, count: 1 })));
  const whole = readFileSync(path, 'utf8');
  const other = await sweepManifest({ name: 'phase', version: 2 }, points, undefined, []);
  for (const [text, message] of [
    [
      `${whole.slice(0, 30)}\n${whole}`,
      /trialLog: line 1 of .*1-of-1\.jsonl is no trial, expected one JSON object a line/,
    ],
    [`${whole}{"id":"t0"}\n`, /trial 10 of .*1-of-1\.jsonl does not belong to phase-/],
    [`${whole}{"a":1}\n`, /trial 10 of .* does not belong/],
    [whole.replace('"size":2', '"size":3'), /trial 1 of .* does not belong to phase-/],
    [whole.replaceAll(manifest.points[0]!.id, other.points[0]!.id), /trial 1 of .* does not belong/],
  ] as const) {
    writeFileSync(path, text);
    assert.throws(() => mergeSweep(at('bad'), manifest), { name: 'InputError', message });
  }
});
test('a manifest that was changed, renamed or damaged is refused, and so is a folder without any', async () => {
  const manifest = await shards(at('manifest'), [], 1);
  const path = at(join('manifest', `${manifest.sweep}.sweep.json`));
  const text = readFileSync(path, 'utf8');
  const wrong = /is not as a sweep wrote it, expected ids that belong to its points; remove it and run any shard again/;
  for (const bad of [
    text.replace('"size":2', '"size":3'),
    text.replace('"version":1', '"version":2'),
    JSON.stringify({ ...manifest, points: manifest.points.slice(1), trials: manifest.trials - 1 }),
    '{}',
    'null',
    JSON.stringify({ ...manifest, points: manifest.points.map(() => null) }),
  ]) {
    writeFileSync(path, bad);
    assert.throws(() => manifestsIn(at('manifest')), { name: 'InputError', message: wrong }, bad);
  }
  writeFileSync(path, text.slice(0, 100));
  assert.throws(() => manifestsIn(at('manifest')), /cannot be read \(.*JSON.*\); remove it and run any shard again/);
  writeFileSync(path, text);
  renameSync(path, path.replace(manifest.sweep, 'phase-00000000'));
  assert.throws(() => manifestsIn(at('manifest')), wrong);
  assert.throws(() => manifestsIn(at('nowhere')), /folder .*nowhere cannot be read \(ENOENT/);
  await shards(at('empty'), [1], 1);
  renameSync(at(join('empty', `${manifest.sweep}.sweep.json`)), at('elsewhere.json'));
  assert.throws(
    () => manifestsIn(at('empty')),
    /empty has no \*\.sweep\.json, expected the folder that shards were given/,
  );
});
test('two sweeps in one folder, also through one log, stay apart', async () => {
  const few = phasePoints({ ...grid, sizes: [2, 16] });
  const log = at('both.jsonl');
  const first = await runTrials(phase, points, undefined, { workers: 0, log });
  const second = await runTrials(phase, few, undefined, { workers: 0, log });
  assert.deepEqual(second.slice(0, 3), first.slice(0, 3), 'what both ask for ran once');
  assert.equal(readFileSync(log, 'utf8').trimEnd().split('\n').length, 9 + 3);
  const [a, b] = [points, few].map((own) => sweepManifest(phase, own, undefined, []));
  assert.notEqual(a?.sweep, b?.sweep);
  for (const manifest of [a, b]) {
    writeManifest(at('two'), manifest as SweepManifest);
  }
  const own = readFileSync(log, 'utf8').split('\n');
  appendFileSync(
    at(join('two', shardFile(a as SweepManifest, { index: 1, count: 1 }))),
    `${own.slice(0, 9).join('\n')}\n`,
  );
  assert.deepEqual(
    manifestsIn(at('two'))
      .map((manifest) => mergeSweep(at('two'), manifest).trials.length)
      .sort(),
    [0, 9],
  );
});
