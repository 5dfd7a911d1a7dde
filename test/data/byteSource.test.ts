import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import test from 'node:test';
import { InputError } from '../../src/check';
import { inMemory, withFile } from '../../src/data/byteSource';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

test('a file and its bytes in memory read alike, to the end and no further', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, k) => k);
  writeFileSync(at('f'), bytes);
  const memory = inMemory(bytes);
  withFile('t', at('f'), (file) => {
    assert.equal(file.size, 100);
    for (const [from, length] of [
      [0, 100],
      [7, 3],
      [90, 99],
      [100, 1],
      [5, 0],
    ] as const)
      assert.deepEqual([...file.read(from, length)], [...memory.read(from, length)]);
  });
});
test('withFile names the file that is missing, a folder or a device', () => {
  assert.throws(() => withFile('readModel', at('absent'), () => 0), /readModel: .*absent cannot be read \(ENOENT/);
  assert.throws(() => withFile('readModel', dirname(at('x')), () => 0), /is not a file/);
  assert.throws(() => withFile('readModel', '/dev/null', () => 0), /is not a file/);
  assert.throws(() => withFile('readModel', null as unknown as string, () => 0), InputError);
});
