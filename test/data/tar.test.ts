import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import { eachMember, isTar } from '../../src/data/tar';
import { tarOf } from '../support/tar';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();
const files = { 'a/one': Buffer.from('one'), 'a/two': Buffer.alloc(1024, 'x'), '../three': Buffer.alloc(0) };
const read = async (path: string, only?: string): Promise<[string, string][]> => {
  const found: [string, string][] = [];
  await eachMember('t', path, async ({ name, size }, bytes) => {
    if (only !== undefined && name !== only) return true;
    found.push([name, (await bytes.take(size, 'all')).toString()]);
    return only === undefined;
  });
  return found;
};

test('eachMember goes through the files of an archive, packed or not, and passes over what is not read', async () => {
  const whole = Object.entries(files).map(([name, bytes]) => [name, bytes.toString()]);
  writeFileSync(at('plain.tar'), tarOf(files));
  writeFileSync(at('packed.tgz'), gzipSync(tarOf(files)));
  assert.deepEqual(await read(at('plain.tar')), whole);
  assert.deepEqual(await read(at('packed.tgz')), whole);
  assert.deepEqual(await read(at('plain.tar'), 'a/two'), [whole[1]]);
  writeFileSync(at('links.tar'), tarOf({ link: Buffer.alloc(0) }, '2'));
  assert.deepEqual(await read(at('links.tar')), []);
});
test('eachMember refuses what is no archive, a changed header and one that ends early', async () => {
  const bytes = tarOf(files);
  assert.ok(isTar(bytes));
  for (const [wrong, message] of [
    [Buffer.alloc(600, 'a'), /not a tar archive, or damaged/],
    [Buffer.from(bytes).fill('z', 0, 1), /not a tar archive, or damaged/],
    [bytes.subarray(0, 700), /ends after|ends \d+ bytes early/],
    [bytes.subarray(0, 512 * 4 + 100), /ends after|ends \d+ bytes early/],
    [Buffer.alloc(0), /ends after 0 of 512 bytes of a header/],
  ] as const) {
    writeFileSync(at('wrong.tar'), wrong);
    await assert.rejects(read(at('wrong.tar')), { name: 'InputError', message });
  }
});
