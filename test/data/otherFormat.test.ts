import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { InputError } from '../../src/check';
import { parseSafetensors, readSafetensors } from '../../src/data/safetensors';
import { lacks, runPython } from '../support/python';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

/** What reading the file is refused with. */
function refusal(path: string): InputError {
  try {
    readSafetensors('readModel', path);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error;
  }
  return assert.fail(`${path} was read`);
}

/** The start of an archive, as far as its first name. */
const zipOf = (name: string): string => `PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(name.length)}\0\0\0${name}`;

const withTorch = { skip: lacks('torch', 'safetensors', 'numpy') };
test(
  'files of torch.save, old and new, and of numpy.savez are refused with lines of Python that convert them',
  withTorch,
  () => {
    mkdirSync(at('made'));
    runPython(
      [
        'import torch, numpy',
        'net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))',
        'state = net.state_dict()',
        'torch.save(state, "new.pt")',
        'torch.save(state, "old.pth", _use_new_zipfile_serialization=False)',
        'torch.save({"state_dict": state, "epoch": 3}, "training.ckpt")',
        'numpy.savez("arrays.npz", **{n: t.numpy() for n, t in state.items()})',
        'numpy.savez("fortran.npz", **{n: numpy.asfortranarray(t.numpy()) for n, t in state.items()})',
        'from safetensors.torch import save_file',
        'save_file(state, "truth.safetensors")',
      ],
      at('made'),
    );
    const truth = readSafetensors('t', at('made/truth.safetensors'));
    for (const name of ['new.pt', 'old.pth', 'training.ckpt', 'arrays.npz', 'fortran.npz']) {
      const { message, remedy } = refusal(at(`made/${name}`));
      assert.match(message, /readModel: .* is a .*, expected safetensors; convert it where Python has/);
      assert.equal(remedy.length, 3);
      for (const line of remedy) assert.ok(message.includes(line));
      runPython(remedy, at('made'));
      const converted = readSafetensors('t', at(`made/${name.replace(/\..*/, '')}.safetensors`));
      assert.deepEqual([...converted].sort(), [...truth].sort(), name);
    }
  },
);
test('a file is known by how it starts, not by its name, and a quote in the name stays in its string', () => {
  for (const [name, start, words] of [
    ['a".npz', zipOf('0.weight.npy'), /a NumPy archive/],
    ['b', zipOf('archive/data.pkl'), /a file of torch\.save/],
    ['c.safetensors', `\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.${'\0'.repeat(20)}`, /a pickle/],
  ] as const) {
    writeFileSync(at(name), start, 'latin1');
    const { message, remedy } = refusal(at(name));
    assert.match(message, words);
    assert.ok(remedy[1]?.includes(JSON.stringify(at(name))));
  }
});
test('other archives and HDF5 are named for what they are, and nobody is told to open them as a pickle', () => {
  for (const [start, words] of [
    [zipOf('config.json'), /is a zip archive, expected safetensors; write its tensors with save_file/],
    [`\x89HDF\r\n\x1a\n${'\0'.repeat(40)}`, /is an HDF5 file \(Keras \.h5\), expected safetensors/],
  ] as const) {
    writeFileSync(at('other'), `${start}${'\0'.repeat(40)}`, 'latin1');
    const { message, remedy } = refusal(at('other'));
    assert.match(message, words);
    assert.deepEqual(remedy, []);
  }
});
test('a safetensors file whose header starts as a pickle does, by its length, is read', () => {
  const json = Buffer.alloc(0x280, ' ');
  json.write('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const bytes = Buffer.concat([length, json, Buffer.from('0000803f', 'hex')]);
  writeFileSync(at('even'), bytes);
  assert.deepEqual(readSafetensors('t', at('even')), parseSafetensors('t', bytes));
});
