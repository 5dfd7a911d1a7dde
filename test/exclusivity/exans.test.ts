import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activationPattern } from '../../src/exclusivity/activationPattern';
import { exans } from '../../src/exclusivity/exans';
import { exclusivityState } from '../../src/exclusivity/exclusivityState';
import { expectedExans } from '../../src/exclusivity/expectedExans';
import { securityBoundary } from '../../src/exclusivity/securityBoundary';
import { fromRows } from '../../src/math/matrix';
import { mlpOf } from '../../src/model/mlp';
import type { Mlp } from '../../src/types';

const owned = (rows: number[][]) => exans(activationPattern(fromRows(rows)));

test('exans drops a neuron that two samples share', () => {
  assert.deepEqual(
    owned([
      [1, 1, 0],
      [1, 0, 1],
    ]),
    [[1], [2]],
  );
});
test('exans leaves a sample without exclusive neurons empty', () => {
  assert.deepEqual(
    owned([
      [1, 0],
      [1, 1],
    ]),
    [[], [1]],
  );
});
test('a neuron at exactly zero does not fire', () => {
  assert.deepEqual(
    owned([
      [0, 2],
      [-1, 0],
    ]),
    [[1], []],
  );
});

/** Three neurons on one input, worked by hand: z = (x, -x, x - 1). */
const threeNeurons: Mlp = mlpOf([
  { weight: fromRows([[1], [-1], [1]]), bias: Float64Array.of(0, 0, -1) },
  {
    weight: fromRows([
      [1, 0, 1],
      [0, 1, 0],
    ]),
    bias: Float64Array.of(0, 0),
  },
]);
const batch = (...xs: number[]) => ({ inputs: fromRows(xs.map((x) => [x])), labels: new Int32Array(xs.length) });

test('exclusivityState counts the ExANs of a three-neuron net by hand', () => {
  // x = 2 fires neurons 0 and 2, x = 0.5 fires neuron 0, x = -1 fires neuron 1
  const state = exclusivityState(threeNeurons, batch(2, 0.5, -1));
  assert.deepEqual(state.counts, [[1], [0], [1]]);
  assert.deepEqual(state.exans, [[[2], [], [1]]]);
});
test('securityBoundary names the sample with the smallest margin', () => {
  const verdict = securityBoundary(exclusivityState(threeNeurons, batch(2, 0.5, -1)));
  assert.deepEqual(verdict, { insecure: false, weakest: { layer: 0, sample: 1, count: 0, needed: 2 } });
});
test('a single sample that fires two neurons is in the insecure boundary', () => {
  assert.equal(securityBoundary(exclusivityState(threeNeurons, batch(2))).insecure, true);
});
test('expectedExans is width times p (1-p)^(M-1)', () => {
  assert.equal(expectedExans(512, 8), 2);
  assert.equal(expectedExans(10, 1, 0.3), 3);
  assert.throws(() => expectedExans(10, 0), /batchSize is 0, expected a positive integer/);
});
test('exclusivityState refuses an empty batch and a NaN by name', () => {
  assert.throws(
    () => exclusivityState(threeNeurons, { inputs: fromRows([]), labels: new Int32Array(0) }),
    /batch is empty/,
  );
  assert.throws(() => exclusivityState(threeNeurons, batch(1, Number.NaN)), /inputs hold NaN at sample 1/);
});
