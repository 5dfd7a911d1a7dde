import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { readBatch } from '../../../src/data/batchFile';
import { readGradient } from '../../../src/gradient/gradientFile';
import { fromRows } from '../../../src/math/matrix';
import { readModel } from '../../../src/model/modelFile';
import { pursue } from '../../../src/reconstruction/columns/pursue';
import { matchBatches } from '../../../src/verification/certificate/matchBatches';

const file = (part: string): string => join(process.cwd(), 'test', 'fixtures', `pursuit.${part}.safetensors`);

for (const [other, limit] of [
  ['prototype', 1e-18],
  ['batch', 1e-22],
] as const)
  test(`pursue finds what the Python ${other === 'batch' ? 'gradient was made of' : 'prototype finds'}`, () => {
    const expected = readBatch(file(other));
    const { samples, status } = pursue(readModel(file('model')), readGradient(file('gradient')));
    const found = { inputs: fromRows(samples.map((s) => s.input)), labels: Int32Array.from(samples, (s) => s.label) };
    assert.deepEqual([status, found.labels.length], ['exact', 16]);
    for (const pair of matchBatches(found, expected)) {
      assert.ok(pair.mse < limit, `mean squared error ${pair.mse}`);
      assert.equal(found.labels[pair.found], expected.labels[pair.truth]);
    }
  });
