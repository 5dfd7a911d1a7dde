import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gaussian } from '../../../src/data';
import { dataset } from '../../../src/data/dataset';
import { fingerprint, trialId } from '../../../src/experiments/sweep/trialId';

const phase = { name: 'phase', version: 1 };

test('an id is the SHA-256 of JSON whose keys are in order, as anybody can make it again', () => {
  const text = '{"name":"phase","point":{"seed":1,"size":2},"samples":null,"version":1}';
  const hash = createHash('sha256').update(text).digest('hex');
  assert.equal(trialId(phase, { size: 2, seed: 1 }, null), `t${hash.slice(0, 15)}`);
});
test('an id does not depend on the order of keys, but on every value, the experiment, its version and the samples', () => {
  const id = trialId(phase, { a: 1, b: { c: 2, d: [3, 4] } }, null);
  assert.equal(trialId(phase, { b: { d: [3, 4], c: 2 }, a: 1 }, null), id);
  const others = [
    trialId(phase, { a: 1, b: { c: 2, d: [4, 3] } }, null),
    trialId(phase, { a: '1', b: { c: 2, d: [3, 4] } }, null),
    trialId({ ...phase, version: 2 }, { a: 1, b: { c: 2, d: [3, 4] } }, null),
    trialId({ ...phase, name: 'other' }, { a: 1, b: { c: 2, d: [3, 4] } }, null),
    trialId(phase, { a: 1, b: { c: 2, d: [3, 4] } }, 'samples'),
  ];
  assert.equal(new Set([id, ...others]).size, 6);
});
test('a fingerprint changes with one bit of one sample, a label or the shape, and not with the name', () => {
  const { name, inputs, labels, classes } = gaussian({ size: 20, dimension: 6, classes: 3, seed: 1 });
  const data = inputs.data.slice();
  data[7] = (data[7] as number) + 2 ** -50;
  const others = labels.slice();
  others[3] = ((others[3] as number) + 1) % 3;
  const made = (parts: object) => fingerprint(dataset({ name, inputs, labels, classes, ...parts }));
  assert.equal(made({ name: 'another' }), made({}));
  const different = [
    made({}),
    made({ inputs: { ...inputs, data } }),
    made({ labels: others }),
    made({ classes: 4 }),
    made({ image: { height: 2, width: 3, channels: 1 } }),
    made({ image: { height: 3, width: 2, channels: 1 } }),
  ];
  assert.equal(new Set(different).size, different.length);
});
