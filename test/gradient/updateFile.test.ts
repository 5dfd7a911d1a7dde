import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { gaussian } from '../../src/data/synthetic';
import { localUpdate } from '../../src/gradient/localUpdate';
import { readUpdate } from '../../src/gradient/updateFile';
import { mlp } from '../../src/model/mlp';
import { writeModel } from '../../src/model/modelFile';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const batch = gaussian({ size: 3, dimension: 4, classes: 3, seed: 1 });
const training = { rate: 0.1, epochs: 2 };
const update = localUpdate(mlp({ widths: [4, 6, 3], seed: 1 }), batch, { ...training, precision: 'float32' });
writeModel(at('before'), update.before, { dtype: 'F32' });
writeModel(at('after'), update.after, { dtype: 'F32' });

test('readUpdate reads the networks before and after, and their precision', () => {
  const read = readUpdate({ before: at('before'), after: at('after') }, training);
  assert.equal(read.precision, 'float32');
  assert.deepEqual([read.before.dense, read.after.dense], [update.before.dense, update.after.dense]);
});
test('readUpdate refuses halves: they round away more than local steps change', () => {
  for (const dtype of ['F16', 'BF16']) {
    const header = {
      'a.weight': { dtype, shape: [2, 1], data_offsets: [0, 4] },
      'b.weight': { dtype, shape: [2, 2], data_offsets: [4, 12] },
    };
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    writeFileSync(at('half'), Buffer.concat([length, json, Buffer.alloc(12, 0x3c)]));
    for (const files of [
      { before: at('half'), after: at('after') },
      { before: at('before'), after: at('half') },
      { before: at('before'), difference: at('half') },
    ])
      assert.throws(() => readUpdate(files, training), {
        name: 'InputError',
        message: new RegExp(`half is ${dtype}, which rounds away more`),
      });
  }
});
