import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gaussian } from '../../../src/data';
import { readBatch } from '../../../src/data/batchFile';
import { convNet } from '../../../src/model/convNet';
import { readConvNet } from '../../../src/model/convNetFile';
import { vgg13 } from '../../../src/model/victims';
import { conditioning } from '../../../src/verification/identifiability/conditioning';

const fixture = (name: string): string => join('test', 'fixtures', `conditioning.${name}`);
const byNumpy = JSON.parse(readFileSync(fixture('json'), 'utf8')) as Readonly<
  Record<string, { readonly condition: number; readonly error: number; readonly spread: number }>
>;

test('condition and spread of each system are those of NumPy, which forms it column by column from PyTorch', () => {
  const net = readConvNet(fixture('model.safetensors'), fixture('architecture.json'));
  const systems = conditioning(net, readBatch(fixture('batch.safetensors')));
  const inStack = [6, 3, 0]; // module 6, the first Linear, stands behind five layers of the stack and Flatten
  assert.deepEqual(
    systems.map(({ layer }) => layer),
    [5, 3, 0],
  );
  systems.forEach(({ condition, error, spread }, i) => {
    const theirs = byNumpy[String(inStack[i])]!;
    assert.ok(Math.abs(spread / theirs.spread - 1) < 1e-6, `spread ${spread}, ${theirs.spread}`);
    if (theirs.condition > 1e12) {
      assert.ok(condition === null || condition > 1e7);
      return;
    }
    assert.ok(Math.abs(condition! / theirs.condition - 1) < 0.01, `condition ${condition}, ${theirs.condition}`);
    // the realised error of one float32 gradient: a number by chance around what is expected
    const ratio = theirs.error / error!.float32;
    assert.ok(0.3 < ratio && ratio < 10, `error ${theirs.error}, expected ${error!.float32}`);
    assert.ok(Math.abs(error!.float64 / error!.float32 - 2 ** -26) < 1e-12);
  });
});
test('a layer with fewer equations than unknowns has no condition, and two equal samples make the head singular', () => {
  const input = { channels: 1, height: 6, width: 6 };
  const net = convNet({ input, plan: [4, { filters: 9, stride: 2 }], head: [12], seed: 1 });
  const batch = gaussian({ size: 2, dimension: 36, seed: 1 });
  assert.deepEqual(conditioning(net, batch)[2], {
    ...{ layer: 0, condition: null, error: null },
    spread: conditioning(net, batch)[2]!.spread,
  });
  const inputs = { ...batch.inputs, data: batch.inputs.data.slice() };
  inputs.data.copyWithin(36, 0, 36);
  const [head] = conditioning(net, { inputs, labels: Int32Array.of(1, 1) });
  assert.equal(head?.spread, 0);
  assert.ok(head.condition === null || head.condition > 1e7);
});
test('features of different images are nearly equal in deep layers under the default initialisation of PyTorch only', () => {
  const batch = gaussian({ size: 2, dimension: 3072, mean: 0.5, deviation: 0.25, seed: 1 });
  const [he, pytorch] = (['he', 'pytorch'] as const).map((init) => conditioning(vgg13({ init, seed: 1 }), batch)[0]!);
  assert.ok(he!.spread > 0.02 && pytorch!.spread < 0.002, `${he!.spread} and ${pytorch!.spread}`);
});
