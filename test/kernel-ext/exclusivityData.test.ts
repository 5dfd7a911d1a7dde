import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaint, decodeLayer } from '../../kernel-ext/labextension/src/exclusivity/exclusivityData';
import { keyAction } from '../../kernel-ext/labextension/src/exclusivity/keyboard';
import { describeNeuron, describeSamples } from '../../kernel-ext/labextension/src/exclusivity/words';

// neuron 0 is shared, 1 belongs to sample 0, 2 to sample 1, 3 is dead
const fires = [
  [1, 1, 0, 0],
  [1, 0, 1, 0],
];
const nested = decodeLayer({ name: 'hidden 1', neurons: 4, samples: 2, fires, activations: [[0.5, 2, 0, 0]] }, 0);

test('decodeLayer finds the neurons that fire for one sample only', () => {
  assert.deepEqual([0, 1, 2, 3].map(nested.owner), [-1, 0, 1, -1]);
  assert.deepEqual([nested.exans(0), nested.exans(1)], [[1], [2]]);
});
test('a bitset in base64 says the same as nested rows', () => {
  // bits 0, 1, 4 and 6 of one byte: 0b01010011
  const packed = decodeLayer(
    { name: '', neurons: 4, samples: 2, fires: Buffer.from([0b01010011]).toString('base64') },
    0,
  );
  for (const m of [0, 1]) for (const j of [0, 1, 2, 3]) assert.equal(packed.fires(m, j), nested.fires(m, j));
});
test('a neuron is told with sample, label, state and activation', () => {
  assert.equal(
    describeNeuron(nested, 0, 1, [7, 3]),
    'hidden 1, sample 0 (label 7), neuron 1: exclusive (ExAN), activation 2',
  );
  assert.equal(describeNeuron(nested, 1, 0), 'hidden 1, sample 1, neuron 0: active, shared');
  assert.equal(describeNeuron(nested, 1, 3), 'hidden 1, sample 1, neuron 3: silent');
});
test('a chosen sample is told with its ExANs in every layer', () => {
  assert.equal(describeSamples([nested], [1], [7, 3]), 'sample 1 (label 3): hidden 1 1 ExANs (2)');
  assert.equal(describeSamples([nested], [0, 1]), 'samples 0 to 1: hidden 1 2 ExANs');
});
test('keys move inside the map, and n goes to the next ExAN of the sample', () => {
  const at = { layer: 0, sample: 0, neuron: 0 };
  assert.deepEqual(keyAction('ArrowUp', at, [nested]), at);
  assert.deepEqual(keyAction('ArrowDown', at, [nested]), { ...at, sample: 1 });
  assert.deepEqual(keyAction('n', at, [nested]), { ...at, neuron: 1 });
  assert.equal(keyAction('Enter', at, [nested]), 'choose');
  assert.equal(keyAction('x', at, [nested]), undefined);
});
test('without a cursor n and p go to an exclusive neuron, its owner with it, never to a shared or dead one', () => {
  const nowhere = { layer: 0, sample: -1, neuron: 0 };
  assert.deepEqual(keyAction('n', nowhere, [nested]), { layer: 0, sample: 0, neuron: 1 });
  assert.deepEqual(keyAction('p', nowhere, [nested]), { layer: 0, sample: 1, neuron: 2 });
  const first = decodeLayer({ neurons: 2, samples: [{ fires: [1] }, { fires: [0] }] }, 0);
  assert.deepEqual(keyAction('n', nowhere, [first]), { layer: 0, sample: 1, neuron: 0 }, 'neuron 0 counts too');
  const shared = decodeLayer({ neurons: 2, samples: [{ fires: [0] }, { fires: [0] }] }, 0);
  assert.deepEqual(keyAction('n', nowhere, [shared]), nowhere);
  const last = { layer: 0, sample: 1, neuron: 2 };
  assert.deepEqual(keyAction('n', last, [nested]), last, 'no further one: the cursor stays');
});
test('content that does not fit is named', () => {
  assert.equal(complaint({ layers: [] }), 'no layers');
  assert.match(complaint({ layers: [{ name: 'a', neurons: 4, samples: 3, fires }] }) ?? '', /3 samples x 4 neurons/);
  assert.equal(complaint({ layers: [{ name: 'a', neurons: 4, samples: 2, fires }] }), undefined);
});

test('lists of firing neurons, as viz.exclusivityMap writes them, say the same', () => {
  const listed = decodeLayer({ neurons: 4, samples: [{ fires: [0, 1] }, { fires: [0, 2] }] }, 1);
  assert.equal(listed.name, 'ReLU 1');
  for (const m of [0, 1]) for (const j of [0, 1, 2, 3]) assert.equal(listed.fires(m, j), nested.fires(m, j));
  assert.equal(complaint({ layers: [{ neurons: 4, samples: [{ fires: [0] }] }] }), undefined);
});
