import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { readSafetensors, type Tensor, type TensorType, writeSafetensors } from '../../src/data/safetensors';
import { readGradient } from '../../src/gradient/gradientFile';
import type { ArchitectureLayer } from '../../src/model/architecture';
import { readConvNet } from '../../src/model/convNetFile';
import { numberedModules } from '../../src/model/numberedModules';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const fixture = (name: string) => join('test', 'fixtures', name);
const { input, layers } = JSON.parse(readFileSync(fixture('normed.architecture.json'), 'utf8')) as {
  input: [number, number, number];
  layers: readonly ArchitectureLayer[];
};
/** The fixture under other names. */
function renamed(file: string, nameOf: (k: number) => string): string {
  const tensors = [...readSafetensors('t', fixture(file))].map(
    ([name, tensor]): [string, Tensor & { dtype: TensorType }] => {
      const [, k, part] = /^(\d+)\.(.*)$/.exec(name) ?? [];
      return [`${nameOf(Number(k))}.${part}`, { ...tensor, dtype: tensor.dtype as TensorType }];
    },
  );
  writeSafetensors(at(file), new Map(tensors));
  return at(file);
}

test('a network with normalisations, and its gradient, are read the same under any names', () => {
  const plain = readConvNet(fixture('normed.model.safetensors'), fixture('normed.architecture.json'));
  const gradientOf = (file: string, model: string, architecture: string) => readGradient(file, { architecture, model });
  const shared = gradientOf(
    fixture('normed.gradient.safetensors'),
    fixture('normed.model.safetensors'),
    fixture('normed.architecture.json'),
  );
  const called = (k: number): string => `${layers[k]?.type.toLowerCase()}${k}`;
  const named = layers.map((layer, k) => ({ ...layer, name: called(k) }));
  writeFileSync(at('named.json'), JSON.stringify({ input, layers: named }));
  const cases: [(k: number) => string, string][] = [
    [(k) => `module.${k}`, fixture('normed.architecture.json')],
    [called, fixture('normed.architecture.json')],
    [(k) => `model._orig_mod.${called(k)}`, at('named.json')],
  ];
  for (const [nameOf, architecture] of cases) {
    const model = renamed('normed.model.safetensors', nameOf);
    assert.deepEqual(readConvNet(model, architecture), plain, nameOf(0));
    assert.deepEqual(gradientOf(renamed('normed.gradient.safetensors', nameOf), model, architecture), shared);
  }
});
test('names that fit in several orders, or in none, are refused with the way to tell', () => {
  const tensor = (...shape: number[]): Tensor => ({ dtype: 'F64', shape, data: new Float64Array(0) });
  const square = { type: 'Conv2d' } as const;
  const two = { input, layers: [square, square, { type: 'Flatten' }, { type: 'Linear' }] } as const;
  const weight = tensor(input[0], input[0], 3, 3);
  const tensors = new Map([
    ['a.weight', weight],
    ['b.weight', weight],
    ['c.weight', tensor(2, input[0])],
  ]);
  assert.throws(() => numberedModules('f', two, tensors), /fit the architecture in more than one order.*"name"/);
  assert.throws(() => numberedModules('f', { ...two, layers: two.layers.slice(1) }, tensors), /in no order/);
  const named = { input, layers: [{ ...square, name: 'a' }, { ...square, name: 'x' }, ...two.layers.slice(2)] };
  assert.throws(
    () => numberedModules('f', named, tensors),
    /module b, which 0 layers .* are called, expected one of a, x/,
  );
});
