import assert from 'node:assert/strict';
import test from 'node:test';
import type { Tensor } from '../../src/data/safetensors';
import { modulesOf, roleOf } from '../../src/model/moduleTensors';

const tensor = (...shape: number[]): Tensor => ({ dtype: 'F64', shape, data: new Float64Array(0) });
const of = (...names: string[]) => modulesOf('f', new Map(names.map((name) => [name, tensor(2, 2)])));

test('modulesOf groups tensors by module, numbers as numbers, and leaves out what all have in front', () => {
  assert.deepEqual(
    of('module.fc10.weight', 'module.fc2.bias', 'module.fc2.weight').map(({ path, name, parts }) => [
      path,
      name,
      [...parts.keys()],
    ]),
    [
      ['fc2', 'module.fc2', ['bias', 'weight']],
      ['fc10', 'module.fc10', ['weight']],
    ],
  );
  assert.deepEqual(
    of('_orig_mod.model.0.weight', '_orig_mod.model.1.weight').map(({ path }) => path),
    ['0', '1'],
  );
  assert.deepEqual(
    of('a.b.weight').map(({ path }) => path),
    ['b'],
  );
  assert.deepEqual(
    of('net.weight', 'net.out.weight').map(({ path }) => path),
    ['net', 'net.out'],
  );
});
test('roleOf tells modules by the shapes of their tensors', () => {
  const role = (parts: Record<string, Tensor>) =>
    roleOf({ path: 'm', name: 'm', parts: new Map(Object.entries(parts)) });
  assert.equal(role({ weight: tensor(2, 3) }), 'Linear');
  assert.equal(role({ weight: tensor(2, 3, 1, 1), bias: tensor(2) }), 'Conv2d');
  assert.equal(role({ weight: tensor(2) }), 'PReLU');
  assert.equal(role({ weight: tensor(2), bias: tensor(2) }), 'BatchNorm');
  assert.equal(role({ running_mean: tensor(2), running_var: tensor(2) }), 'BatchNorm');
  assert.equal(role({ weight: tensor(2, 3, 4) }), 'other');
});
test('modulesOf says what to do about tensors that no module here has', () => {
  assert.throws(() => of('a.weight_g', 'a.weight_v'), /a\.weight_g.*remove_parametrizations/);
  assert.throws(() => of('attn.in_proj_weight'), /attention, adapters and embeddings are not attacked here/);
});
test('modulesOf refuses more modules than any network has', () => {
  assert.throws(
    () => of(...Array.from({ length: 1001 }, (_, k) => `m${k}.weight`)),
    /has 1001 modules with tensors, expected at most 1000/,
  );
  assert.equal(of(...Array.from({ length: 1000 }, (_, k) => `m${k}.weight`)).length, 1000);
});
