import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { readBatch } from '../../src/data/batchFile';
import { captureGradient } from '../../src/gradient/captureGradient';
import { checkGradient } from '../../src/gradient/checkGradient';
import { readGradient } from '../../src/gradient/gradientFile';
import { loss } from '../../src/model/loss';
import { readModel } from '../../src/model/modelFile';
import type { Reduction } from '../../src/types';
import { relativeError } from '../support/closeness';

const folder = join(process.cwd(), 'test', 'fixtures');
const file = (name: string, part: string): string => join(folder, `${name}.${part}.safetensors`);

interface Fixture {
  readonly reduction: Reduction;
  readonly dtype: 'F32' | 'F64';
  readonly biases: boolean;
  readonly loss: number;
}
const fixtures = JSON.parse(readFileSync(join(folder, 'fixtures.json'), 'utf8')) as Record<string, Fixture>;

for (const [name, { reduction, dtype, biases, loss: expected }] of Object.entries(fixtures)) {
  const tolerance = dtype === 'F64' ? 1e-12 : 1e-5;
  test(`loss and gradient of ${name} are PyTorch's to ${tolerance}`, () => {
    const model = readModel(file(name, 'model'));
    const batch = readBatch(file(name, 'batch'));
    const shared = readGradient(file(name, 'gradient'), { reduction });
    checkGradient(model, shared);
    assert.equal(shared.precision, dtype === 'F64' ? 'float64' : 'float32');
    assert.equal(model.dense[0]?.bias !== undefined, biases);
    assert.ok(Math.abs(loss(model, batch, reduction) / expected - 1) < tolerance);
    const own = captureGradient(model, batch, { reduction });
    own.gradients.forEach((layer, i) => {
      assert.ok(relativeError([layer], [shared.gradients[i] as typeof layer]) < tolerance, `layer ${i}`);
    });
  });
}
