import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { readBatch } from '../../../src/data/batchFile';
import { readGradient } from '../../../src/gradient/gradientFile';
import { readModel } from '../../../src/model/modelFile';
import { reconstruct } from '../../../src/reconstruction/reconstruct';
import { recovered } from '../../../src/reconstruction/result';
import { matchBatches } from '../../../src/verification/certificate/matchBatches';

const file = (part: string): string => join(process.cwd(), 'test', 'fixtures', `pursuit.${part}.safetensors`);

for (const [other, limit] of [
  ['prototype', 1e-18],
  ['batch', 1e-22],
] as const)
  test(`pursuit finds what the Python ${other === 'batch' ? 'gradient was made of' : 'prototype finds'}`, () => {
    const expected = readBatch(file(other));
    const answer = reconstruct(readModel(file('model')), readGradient(file('gradient')), { methods: ['pursuit'] });
    assert.deepEqual([answer.status, answer.samples.length], ['exact', 16]);
    const found = recovered(answer);
    for (const pair of matchBatches(found, expected)) {
      assert.ok(pair.mse < limit, `mean squared error ${pair.mse}`);
      assert.equal(found.labels[pair.found], expected.labels[pair.truth]);
    }
  });
