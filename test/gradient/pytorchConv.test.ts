import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { readBatch } from '../../src/data/batchFile';
import { readSafetensors } from '../../src/data/safetensors';
import { captureGradient } from '../../src/gradient/captureGradient';
import { checkGradient } from '../../src/gradient/checkGradient';
import { readGradient, writeGradient } from '../../src/gradient/gradientFile';
import { readConvNet } from '../../src/model/convNetFile';
import { loss } from '../../src/model/loss';
import type { AffineLayer, Precision, Reduction } from '../../src/types';
import { relativeError } from '../support/closeness';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const folder = join(process.cwd(), 'test', 'fixtures');
const architecture = join(folder, 'conv.architecture.json');
const file = (name: string, part: string): string => join(folder, `${name}.${part}.safetensors`);
const fixtures = JSON.parse(readFileSync(join(folder, 'conv.json'), 'utf8')) as Record<
  string,
  { readonly reduction: Reduction; readonly loss: number }
>;

for (const [name, { reduction, loss: expected }] of Object.entries(fixtures)) {
  const precision: Precision = name.endsWith('f32') ? 'float32' : 'float64';
  const tolerance = precision === 'float64' ? 1e-12 : 1e-5;
  test(`loss and every gradient of ${name} are PyTorch's to ${tolerance}, read by its architecture`, () => {
    const net = readConvNet(file(name, 'model'), architecture);
    const batch = readBatch(file(name, 'batch'));
    const shared = readGradient(file(name, 'gradient'), { reduction, architecture });
    checkGradient(net, shared);
    assert.equal(shared.precision, precision);
    assert.deepEqual(
      shared.gradients.map(({ weight, bias }) => [weight.rows, weight.columns, bias?.length]),
      [
        [4, 27, 4],
        [6, 36, undefined],
        [12, 6, 12],
        [10, 12, 10],
      ],
    );
    assert.ok(Math.abs(loss(net, batch, reduction) / expected - 1) < tolerance);
    for (const computed of ['float64', precision] as const)
      captureGradient(net, batch, { reduction, precision: computed }).gradients.forEach((layer, i) => {
        const error = relativeError([layer], [shared.gradients[i] as AffineLayer]);
        assert.ok(error < tolerance, `layer ${i} in ${computed}: ${error}`);
      });
  });
  test(`writeGradient with an architecture gives ${name} PyTorch's names, shapes and numbers`, () => {
    writeGradient(at(name), readGradient(file(name, 'gradient'), { architecture }), { architecture });
    const byName = (path: string) => [...readSafetensors('test', path)].sort(([a], [b]) => (a < b ? -1 : 1));
    assert.deepEqual(byName(at(name)), byName(file(name, 'gradient')));
  });
}
test('a gradient of a convolutional network cannot be read or written under the names of another', () => {
  const shared = readGradient(file('conv', 'gradient'), { architecture });
  assert.throws(
    () => writeGradient(at('few'), { ...shared, gradients: shared.gradients.slice(1) }, { architecture }),
    /writeGradient: the architecture has 4 layers with weights, expected 3/,
  );
  const [, ...rest] = shared.gradients;
  const gradients = [shared.gradients[3] as AffineLayer, ...rest];
  assert.throws(
    () => writeGradient(at('wide'), { ...shared, gradients }, { architecture }),
    /layer 3 \(Conv2d\) has 36 columns, expected 10/,
  );
  assert.throws(() => readGradient(file('conv', 'gradient')), /0\.weight has shape \[4,3,3,3\], expected out x in/);
});
