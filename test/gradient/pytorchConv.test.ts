import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { readBatch } from '../../src/data/batchFile';
import { readSafetensors, writeSafetensors } from '../../src/data/safetensors';
import { captureGradient } from '../../src/gradient/captureGradient';
import { checkGradient } from '../../src/gradient/checkGradient';
import { readGradient, writeGradient } from '../../src/gradient/gradientFile';
import { normal, rng } from '../../src/math/rng';
import { readConvNet, writeConvNet } from '../../src/model/convNetFile';
import { loss } from '../../src/model/loss';
import type { AffineLayer, Precision, Reduction } from '../../src/types';
import { certify } from '../../src/verification/certificate/certify';
import { relativeError } from '../support/closeness';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const folder = join(process.cwd(), 'test', 'fixtures');
const architecture = join(folder, 'conv.architecture.json');
const normedArchitecture = join(folder, 'normed.architecture.json');
const shapes = {
  conv: [
    [4, 27, 4],
    [6, 36, undefined],
    [12, 6, 12],
    [10, 12, 10],
  ],
  normed: [
    [4, 27, 4],
    [6, 36, 6],
    [5, 24, 5],
    [12, 5, 12],
    [10, 12, 10],
  ],
};
const file = (name: string, part: string): string => join(folder, `${name}.${part}.safetensors`);
const fixtures = JSON.parse(readFileSync(join(folder, 'conv.json'), 'utf8')) as Record<
  string,
  { readonly reduction: Reduction; readonly loss: number }
>;

for (const [name, { reduction, loss: expected }] of Object.entries(fixtures)) {
  const family = name.replace('_f32', '') as keyof typeof shapes;
  const architecture = join(folder, `${family}.architecture.json`);
  const precision: Precision = name.endsWith('f32') ? 'float32' : 'float64';
  const tolerance = precision === 'float64' ? 1e-12 : 1e-5;
  test(`loss and every gradient of ${name} are PyTorch's to ${tolerance}, read by its architecture`, () => {
    const net = readConvNet(file(name, 'model'), architecture);
    const batch = readBatch(file(name, 'batch'));
    const shared = readGradient(file(name, 'gradient'), { reduction, architecture, model: file(name, 'model') });
    checkGradient(net, shared);
    assert.equal(shared.precision, precision);
    assert.deepEqual(
      shared.gradients.map(({ weight, bias }) => [weight.rows, weight.columns, bias?.length]),
      shapes[family],
    );
    assert.ok(Math.abs(loss(net, batch, reduction) / expected - 1) < tolerance);
    for (const computed of ['float64', precision] as const)
      captureGradient(net, batch, { reduction, precision: computed }).gradients.forEach((layer, i) => {
        const error = relativeError([layer], [shared.gradients[i] as AffineLayer]);
        assert.ok(error < tolerance, `layer ${i} in ${computed}: ${error}`);
      });
    assert.equal(certify(net, shared, batch).verdict, 'holds');
    const inputs = { ...batch.inputs, data: batch.inputs.data.map((v, k) => (k === 200 ? v + 1e-3 : v)) };
    assert.equal(certify(net, shared, { ...batch, inputs }).verdict, 'fails');
  });
  if (family === 'conv')
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
test('a network with batch normalisation is written folded, and its gradient with it', () => {
  const net = readConvNet(file('normed', 'model'), normedArchitecture);
  assert.deepEqual(
    net.layers.map(({ kind }) => kind),
    [
      ...['conv2d', 'leakyRelu', 'maxPool', 'conv2d', 'relu6', 'averagePool', 'conv2d', 'leakyRelu'],
      ...['dense', 'relu', 'dense'],
    ],
  );
  writeConvNet(at('folded'), at('folded.json'), net);
  assert.deepEqual(readConvNet(at('folded'), at('folded.json')), net);
  const shared = readGradient(file('normed', 'gradient'), {
    architecture: normedArchitecture,
    model: file('normed', 'model'),
  });
  writeGradient(at('g'), shared, { architecture: at('folded.json') });
  assert.deepEqual(readGradient(at('g'), { architecture: at('folded.json') }), shared);
  assert.throws(
    () => writeGradient(at('g'), shared, { architecture: normedArchitecture }),
    /layer 1 \(BatchNorm2d\) is folded here and cannot be taken out again/,
  );
});
test('a gradient through batch normalisation needs the running statistics, inference mode, and scales other than zero', () => {
  const options = { architecture: normedArchitecture, model: file('normed', 'model') };
  const gradient = file('normed', 'gradient');
  assert.throws(
    () => readGradient(gradient, { architecture: normedArchitecture }),
    /layer 1 \(BatchNorm2d\): the gradient alone does not tell its scale, .*give its file as model/,
  );
  assert.throws(
    () => readGradient(file('normed_training', 'gradient'), options),
    /layer 1 \(BatchNorm2d\): the gradient was taken in training mode, .*call net\.eval\(\)/,
  );
  const tensors = readSafetensors('test', options.model);
  const changed = (name: string, change: (v: number, k: number) => number): string => {
    const { data, ...rest } = tensors.get(name)!;
    writeSafetensors(at('changed'), new Map([...tensors, [name, { ...rest, data: data.map(change) }]]));
    return at('changed');
  };
  const silent = changed('1.weight', (v, k) => (k === 2 ? 0 : v));
  assert.equal(readConvNet(silent, normedArchitecture).head.widths[2], 10);
  assert.throws(() => readGradient(gradient, { ...options, model: silent }), /channel 2 has scale 0 \(its gamma\)/);
  const negative = changed('5.running_var', (v, k) => (k === 1 ? -1 : v));
  assert.throws(() => readConvNet(negative, normedArchitecture), /running variance of channel 1 is -1/);
  writeSafetensors(at('without'), new Map([...tensors].filter(([name]) => name !== '12.running_mean')));
  assert.throws(
    () => readConvNet(at('without'), normedArchitecture),
    /layer 12 \(BatchNorm1d\): 12\.running_mean is missing: without it the statistics are the batch's own/,
  );
  writeSafetensors(at('short'), new Map([...tensors, ['5.weight', tensors.get('1.weight')!]]));
  assert.throws(() => readConvNet(at('short'), normedArchitecture), /5\.weight has shape \[4\], expected \[6\]/);
});
test('noise on a gradient through batch normalisation is no sign of training mode', () => {
  const tensors = readSafetensors('test', file('normed', 'gradient'));
  const uniform = rng(1);
  const noisy = [...tensors].map(([name, { data, ...rest }]) => {
    const size = Math.hypot(...data) / Math.sqrt(data.length);
    return [name, { ...rest, data: data.map((v) => v + size * normal(uniform)) }] as const;
  });
  writeSafetensors(at('noisy'), new Map(noisy));
  const options = { architecture: normedArchitecture, model: file('normed', 'model') };
  assert.equal(readGradient(at('noisy'), options).gradients.length, 5);
});
