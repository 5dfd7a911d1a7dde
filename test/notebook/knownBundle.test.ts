import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { mnist } from '../../src/data';
import { exclusivityState } from '../../src/exclusivity/exclusivityState';
import { captureGradient } from '../../src/gradient/captureGradient';
import { localUpdate } from '../../src/gradient/localUpdate';
import { convNet } from '../../src/model/convNet';
import { mlp } from '../../src/model/mlp';
import { knownBundle } from '../../src/notebook/knownBundle';
import { show } from '../../src/notebook/show';
import { reconstruct } from '../../src/reconstruction/reconstruct';
import { recovered } from '../../src/reconstruction/result';
import type { Batch } from '../../src/types';
import { score } from '../../src/verification/certificate/score';
import { exposure } from '../../src/verification/identifiability/exposure';

const model = mlp({ widths: [784, 512, 10], seed: 7 });
const textOf = (value: unknown, options = {}): string => String(knownBundle(value, options)?.['text/plain']);
const rowsOf = (text: string): string[][] => text.split('\n').map((line) => line.trim().split(/ {2,}/));
let secret: Batch;
before(async () => {
  secret = (await mnist()).draw({ size: 8, seed: 4 });
});

test('networks, gradients, updates and data are a line each', async () => {
  assert.equal(textOf(model), 'network 784-512-10, relu, 407050 parameters');
  assert.equal(
    textOf(mlp({ widths: [3, 2, 2], seed: 1, biases: false })),
    'network 3-2-2, relu, no biases, 10 parameters',
  );
  const net = convNet({
    input: { channels: 1, height: 8, width: 8 },
    plan: [4, 'maxPool'],
    head: [16],
    classes: 3,
    seed: 1,
  });
  assert.equal(
    textOf(net),
    `network of 1 x 8 x 8: conv2d 4, relu, maxPool 2; head 64-16-3, ${4 * 9 + 4 + 64 * 16 + 16 + 16 * 3 + 3} parameters`,
  );
  assert.match(
    textOf(captureGradient(model, secret)),
    /^gradient averaged over its batch, float64: weights 512 x 784, 10 x 512, with biases, norm [\d.]+$/,
  );
  assert.equal(
    textOf(localUpdate(model, secret, { rate: 0.1, epochs: 2 })),
    'update of network 784-512-10, relu, 407050 parameters: rate 0.1, epochs 2, float64',
  );
  const digits = await mnist();
  assert.match(textOf(digits), /^mnist: 10000 samples of 28 x 28 x 1, 10 classes; draw/);
  assert.deepEqual(Object.keys(knownBundle(digits) ?? {}), ['text/plain'], 'nobody wants ten thousand pictures');
});

test('the map, the table of an answer and that of its score number samples alike when the truth is known', () => {
  const found = reconstruct(model, captureGradient(model, secret));
  const { counts } = exclusivityState(model, secret);
  const [, heads, ...lines] = rowsOf(textOf(found, { truth: secret }));
  assert.deepEqual(heads, ['sample', 'found', 'label', 'status', 'ExANs', 'why']);
  assert.deepEqual(
    lines.map(([sample, , label, , exans]) => [sample, label, exans]),
    counts.map(([count], m) => [`${m}`, `${secret.labels[m]}`, `${count}`]),
  );
  const [caption, columns, ...scored] = rowsOf(textOf(score(recovered(found), secret)));
  assert.match(String(caption), /^100 % of the samples have a partner, 100 % of the labels are right, MSE at most /);
  assert.deepEqual(columns?.slice(0, 3), ['sample', 'found', 'label']);
  assert.deepEqual(
    scored.map(([sample, number]) => [sample, number]),
    lines.map(([sample, number]) => [sample, number]),
  );
  const [, own, ...attacks] = rowsOf(textOf(found));
  assert.equal(own?.[0], 'found');
  assert.deepEqual(
    attacks.map(([number, label]) => [number, label]),
    found.samples.map(({ label }, k) => [`${k}`, `${label}`]),
  );
});

test('samples that were not recovered have no number in the batch, and stand last', async () => {
  const batch = (await mnist()).draw({ size: 64, seed: 4 });
  const found = reconstruct(model, captureGradient(model, batch), { methods: ['exan'] });
  const inputs = found.samples.filter((s) => s.status !== 'not-recovered').length;
  assert.ok(inputs > 0 && inputs < 64);
  const lines = rowsOf(textOf(found, { truth: batch })).slice(2);
  const known = lines.slice(0, inputs).map(([sample]) => Number(sample));
  assert.ok(known.every((m, k) => Number.isInteger(m) && m > (known[k - 1] ?? -1)));
  assert.ok(lines.slice(inputs).every(([sample]) => sample === '?'));
  for (const [sample, , label] of lines.slice(0, inputs)) assert.equal(Number(label), batch.labels[Number(sample)]);
});

test('a table says how many rows it leaves out, and options that are not understood are refused', () => {
  const exposed = exposure(model, secret);
  const lines = textOf(exposed, { rows: 3 }).split('\n');
  assert.equal(lines.length, 5);
  assert.match(lines[0] as string, /^exposure: 8 exposed-exan, .*\(5 more rows: show\(…\) has them\)$/);
  assert.equal(textOf(exposed).split('\n').length, 10);
  assert.throws(() => show(exposed, { row: 3 } as object), /show: option row is not understood, expected truth, rows/);
});

test('what the library does not know is left to whoever asks', () => {
  for (const value of [undefined, null, 7, 'text', [1], [{ a: 1 }], { a: 1 }, new Map(), { samples: [], counts: {} }])
    assert.equal(knownBundle(value), undefined);
});
