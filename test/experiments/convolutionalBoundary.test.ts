import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { mnist, uniform } from '../../src/data';
import { dataset } from '../../src/data/dataset';
import type { BoundaryTrial } from '../../src/experiments/boundaryTrial';
import { convolutionalBoundary } from '../../src/experiments/convolutionalBoundary';
import { largestBatches } from '../../src/experiments/largestBatches';
import { planesAtSide } from '../../src/experiments/planesAtSide';
import { fromRows } from '../../src/math/matrix';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const image = { height: 8, width: 8, channels: 2 };
const pictures = dataset({ ...uniform({ size: 40, dimension: 128, classes: 5, seed: 3 }), image });
/** Two blocks whose counting allows 13 and 6 samples of 2 x 2, 4 and 2 of 8 x 8 or so. */
const grid = {
  channels: [[36, 24]],
  inits: ['he', 'pytorch'],
  sizes: [1, 3],
  seeds: [1],
  head: [48],
  seconds: 20,
} as const;
const untimed = (trials: readonly BoundaryTrial[]) => trials.map(({ took: _, ...trial }) => trial);
const all = convolutionalBoundary(pictures, grid);

test('convolutionalBoundary reads the upper block of He networks at M = 1 and 3, and no more than counting allows', async () => {
  const trials = await all;
  assert.equal(trials.length, 4);
  for (const { size, gates, false: wrong } of trials) {
    assert.equal(wrong, 0);
    for (const { right, largest } of gates)
      assert.ok(!right || size <= largest || largest === 0, `${size}, ${largest}`);
  }
  for (const { gates, systems, headRead, size } of trials.filter(({ init }) => init === 'he')) {
    assert.equal(headRead, size);
    assert.deepEqual(
      gates.slice(0, 3).map(({ gate, right, conditioned }) => [gate, right, conditioned]),
      [
        ['head', true, true],
        ['block 2', true, true],
        ['block 2', true, true],
      ],
    );
    assert.equal(systems.length, 5);
  }
});
test('largestBatches takes the least of a block, and asks for half of the trials', async () => {
  const trials = await all;
  const rows = largestBatches(trials);
  assert.deepEqual(
    rows.slice(0, 4).map(({ gate, counting, tried }) => [gate, counting, tried]),
    [
      ['head', 23, 3],
      ['block 2', 11, 3], // 9 * 24 / (1.2 * 4 * 4)
      ['block 1', 4, 3], // 9 * 36 / (1.2 * 8 * 8)
      ['pictures', 11, 3], // by the last hop, from 36 planes of 4 x 4
    ],
  );
  const [first] = trials as [BoundaryTrial];
  const gate = (right: boolean | null, conditioned: boolean) => ({ gate: 'block 1', largest: 5, conditioned, right });
  const table = largestBatches([
    { ...first, size: 2, seed: 1, gates: [gate(true, true), gate(true, true)] },
    { ...first, size: 2, seed: 2, gates: [gate(true, true), gate(false, true)] },
    { ...first, size: 4, seed: 1, gates: [gate(true, true), gate(false, false)] },
    { ...first, size: 4, seed: 2, gates: [gate(false, true), gate(true, true)] },
  ]);
  assert.deepEqual(
    table.map(({ counting, conditioning, experiment, tried }) => [counting, conditioning, experiment, tried]),
    [[5, 4, 2, 4]],
  );
  assert.equal(largestBatches([{ ...first, gates: [gate(null, false)] }])[0]?.experiment, null);
});
test('a killed run goes on from the trials in its log, and a stopped one hands over what it has', async () => {
  const log = at('boundary.jsonl');
  const stop = new AbortController();
  let told = 0;
  const onProgress = (fraction: number): void => {
    assert.ok(0 <= fraction && fraction < 1);
    if (fraction >= 0.5) stop.abort();
    told++;
  };
  const few = await convolutionalBoundary(pictures, { ...grid, log, signal: stop.signal, onProgress });
  assert.equal(few.length, 2);
  assert.ok(told > 0);
  const lines = readFileSync(log, 'utf8').split('\n');
  writeFileSync(log, `${lines[0]}\n${(lines[1] as string).slice(0, 50)}`);
  assert.deepEqual(untimed(await convolutionalBoundary(pictures, { ...grid, log })), untimed(await all));
});
test('pictures are attacked when asked, and are right where the last hop finds them', async () => {
  const [trial] = await convolutionalBoundary(pictures, { ...grid, inits: ['he'], sizes: [1], pictures: true });
  assert.deepEqual(
    trial?.gates.map(({ right }) => right),
    [true, true, true, true, true, true],
  );
  // blocks of too few filters are passed by nothing but the last hop, which does not count as reading them
  const few = { ...grid, channels: [[20, 24]], inits: ['he'], sizes: [3], pictures: true } as const;
  const [hopped] = await convolutionalBoundary(pictures, few);
  assert.deepEqual(
    hopped?.gates.map(({ gate, right }) => [gate, right]),
    [
      ['head', true],
      ['block 2', true],
      ['block 2', true],
      ['block 1', false],
      ['block 1', false],
      ['pictures', true],
    ],
  );
});
test('planesAtSide: channels first, the mean over squares of pixels', () => {
  const shape = { height: 2, width: 2, channels: 2 };
  const batch = { inputs: fromRows([[1, 10, 2, 20, 3, 30, 6, 60]]), labels: Int32Array.of(1), image: shape };
  assert.deepEqual([...planesAtSide(batch, 1).inputs.data], [3, 30]);
  assert.deepEqual([...planesAtSide(batch, 2).inputs.data], [1, 2, 3, 6, 10, 20, 30, 60]);
  assert.throws(
    () => planesAtSide({ ...batch, inputs: fromRows([[1]]), image: { ...shape, height: 3 } }, 2),
    /expected a divisor/,
  );
});
test('convolutionalBoundary names what is out of range', async () => {
  const fails = (over: object, message: RegExp) =>
    assert.rejects(convolutionalBoundary(pictures, { ...grid, ...over }), { name: 'InputError', message });
  await fails({ sizes: [] }, /convolutionalBoundary: sizes is empty/);
  await fails({ sizes: [1.5] }, /sizes are \[1.5\], expected positive integers/);
  await fails({ channels: [[8, 0]] }, /channels are \[8,0\]/);
  await fails({ sides: [3] }, /side is 3, expected a divisor of the pictures' \(8 x 8\)/);
  await fails({ seconds: 0 }, /seconds is 0, expected a positive number/);
  await fails({ inits: ['glorot'] }, /convNet: init is glorot/);
  const { image: _, ...rows } = await mnist();
  await assert.rejects(convolutionalBoundary({ ...rows, draw: pictures.draw }, grid), /the samples are no pictures/);
});
