import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRows, matrix } from '../../../src/math/matrix';
import { rng } from '../../../src/math/rng';
import { convNet } from '../../../src/model/convNet';
import { mlp } from '../../../src/model/mlp';
import { countingLimits } from '../../../src/verification/identifiability/countingLimits';
import { exposure } from '../../../src/verification/identifiability/exposure';
import { oneNeuron } from '../../support/oneNeuron';

function uniformBatch(M: number, d0: number, K: number, seed: number) {
  const u = rng(seed);
  const inputs = matrix(
    M,
    d0,
    Float64Array.from({ length: M * d0 }, () => u() - 0.5),
  );
  return { inputs, labels: Int32Array.from({ length: M }, () => Math.floor(u() * K)) };
}

test('a single sample is exposed by its exclusive neurons', () => {
  const found = exposure(mlp({ widths: [20, 40, 5], seed: 1 }), uniformBatch(1, 20, 5, 1));
  assert.equal(found.samples[0]?.verdict, 'exposed-exan');
  assert.match(found.samples[0]?.reason ?? '', /alone activates \d+ neurons/);
  assert.equal(found.boundary.insecure, true);
});
test('a batch beyond the boundary is exposed to pursuit while there are twice as many neurons', () => {
  const found = exposure(mlp({ widths: [60, 100, 10], seed: 1 }), uniformBatch(20, 60, 10, 2));
  assert.equal(found.boundary.insecure, false);
  assert.equal(found.counts['exposed-exan'] + found.counts['exposed-pursuit'], 20);
  assert.ok(found.counts['exposed-pursuit'] >= 15);
  assert.equal(found.jacobian.nullity, 0);
});
test('more samples than neurons are not unique, each with a reason', () => {
  const found = exposure(mlp({ widths: [30, 8, 4], seed: 3 }), uniformBatch(24, 30, 4, 4));
  assert.ok(found.counts['not-unique'] >= 20);
  for (const { verdict, reason } of found.samples)
    if (verdict === 'not-unique') assert.match(reason, /^one of 453 null directions .* \(rank 267 of 720\)$/);
});
test('exposure survives JSON, and a dead sample is not unique', () => {
  const found = exposure(oneNeuron, {
    inputs: fromRows([
      [-1, 5],
      [2, 7],
    ]),
    labels: Int32Array.of(0, 1),
  });
  assert.equal(found.samples[0]?.verdict, 'not-unique');
  assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
});
test('exposure refuses a label that the model does not have', () => {
  assert.throws(() => exposure(oneNeuron, { inputs: fromRows([[1, 1]]), labels: Int32Array.of(2) }), /label 2/);
});

const planes = { channels: 1, height: 8, width: 8 };
const small = (init: 'he' | 'pytorch') =>
  convNet({ input: planes, plan: [16, 16, 'maxPool', 32], head: [64], init, seed: 2 });

test('of a network with convolutions each gate is named, the head first, and the first closed one stops', () => {
  const found = exposure(small('he'), uniformBatch(2, 64, 10, 3));
  assert.deepEqual(
    found.gates.map(({ gate, layer, open }) => [gate, layer, open]),
    [
      ['head', 7, true],
      ['block 2', 5, true],
      ['block 1', 2, false],
      ['block 1', 0, true],
      ['last hop', 0, true],
    ],
  );
  assert.deepEqual([found.size, found.level, found.exposed, found.stops], [2, 5, true, found.gates[2]]);
  assert.match(found.gates[2]!.reason, /^144 equations for 128 unknowns of each channel, enough up to M = 1$/);
  assert.match(
    found.gates[0]!.reason,
    /^2 of 2 samples are exposed; .*condition \de\+0: from float32 its values are known to \de-\d$/,
  );
  assert.match(found.note, /not recovered does not mean safe/);
  assert.equal(found.head?.samples.length, 2);
  assert.deepEqual(JSON.parse(JSON.stringify(found.systems)), found.systems);
});
test('a closed head stops everything: two equal pictures', () => {
  const twice = uniformBatch(1, 64, 10, 3);
  const inputs = fromRows([twice.inputs.data, twice.inputs.data]);
  const found = exposure(small('he'), { inputs, labels: Int32Array.of(4, 4) });
  assert.deepEqual([found.stops?.gate, found.level, found.exposed], ['head', null, false]);
  assert.deepEqual([found.head, found.exclusive], [null, [0]]);
  assert.match(found.stops!.reason, /^neurons that one sample alone activates: 0\.0 a sample; its system is singular$/);
});
test('without a batch a size is judged by counting, and the same convolutions are closed', () => {
  const net = small('he');
  for (const size of [1, 2, 9, 40]) {
    const { gates, systems, head } = exposure(net, { size });
    assert.deepEqual([systems, head], [null, null]);
    const convolutions = countingLimits(net).map(({ largest }) => size <= largest);
    assert.deepEqual(
      gates.slice(1, 4).map(({ open }) => open),
      convolutions,
    );
    assert.equal(gates[0]?.open, size < 32);
  }
  assert.throws(() => exposure(net, { size: 0 }), /exposure: size is 0, expected a positive integer/);
  const dense = exposure as (model: unknown, batch: unknown) => unknown;
  assert.throws(() => dense(oneNeuron, { size: 2 }), /exposure: batch has no inputs/);
});
test('a head without a hidden layer is a closed gate, not a crash', () => {
  const net = convNet({ input: planes, plan: [16], seed: 1 });
  const found = exposure(net, uniformBatch(2, 64, 10, 3));
  assert.deepEqual([found.head, found.stops?.gate], [null, 'head']);
  assert.match(found.stops!.reason, /no hidden layer/);
});
test('average pooling is refused by its gate, and the last hop from above it is counted', () => {
  const net = convNet({ input: planes, plan: [16, 'averagePool'], head: [64], init: 'he', seed: 1 });
  const { stops, gates, exposed } = exposure(net, uniformBatch(2, 64, 10, 3));
  assert.match(stops!.reason, /hides which positions were on/);
  assert.deepEqual([gates.at(-1)!.gate, gates.at(-1)!.open, exposed], ['last hop', true, true]);
});
