import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import { unzip } from '../../src/data/zip';

interface Entry {
  readonly name: string;
  readonly text: string;
  readonly method?: number;
  readonly flags?: number;
  /** what the directory says the size is */
  readonly size?: number;
}

/** An archive by the layout of APPNOTE 4.3: local headers with data, central directory, end record. */
function archive(entries: readonly Entry[], comment = '', count = entries.length): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, text, method = 8, flags = 0, size } of entries) {
    const bytes = Buffer.from(text);
    const packed = method === 8 ? deflateRawSync(bytes) : bytes;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size ?? bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(at, 12);
  end.writeUInt16LE(comment.length, 16);
  return Buffer.concat([...locals, central, Buffer.from('PK\x05\x06'), end, Buffer.from(comment)]);
}
const text = (name: string, zip: Buffer): string | undefined => unzip('a.zip', zip).get(name)?.bytes().toString();

test('unzip reads stored and deflated entries, behind a comment too', () => {
  const zip = archive(
    [
      { name: 'a', text: 'one', method: 0 },
      { name: 'b/c', text: 'two '.repeat(99) },
    ],
    'a comment',
  );
  assert.deepEqual([...unzip('a.zip', zip).keys()], ['a', 'b/c']);
  assert.equal(text('a', zip), 'one');
  assert.equal(text('b/c', zip), 'two '.repeat(99));
});
test('unzip unpacks an entry when it is asked for: a damaged one does not keep the others back', () => {
  const zip = archive([
    { name: 'good', text: 'kept', method: 0 },
    { name: 'bad', text: 'harmed', method: 0 },
  ]);
  zip.write('H', zip.indexOf('harmed'));
  assert.equal(text('good', zip), 'kept');
  assert.throws(() => text('bad', zip), { name: 'InputError', message: /a\.zip: entry bad is damaged/ });
});
test('unzip refuses what it does not read, and says which entry', () => {
  const cases: [RegExp, Buffer][] = [
    [/entry a is encrypted/, archive([{ name: 'a', text: 'x', flags: 1 }])],
    [/entry a uses compression 12, expected stored or deflate/, archive([{ name: 'a', text: 'x', method: 12 }])],
    [/entry a has 2147483649 bytes, expected at most/, archive([{ name: 'a', text: 'x', size: 2 ** 31 + 1 }])],
    [/is a zip64 archive/, archive([{ name: 'a', text: 'x' }], '', 0xffff)],
    [
      /entry a comes twice/,
      archive([
        { name: 'a', text: 'x' },
        { name: 'a', text: 'y' },
      ]),
    ],
    [/not a whole zip archive|not a zip archive/, Buffer.from('no archive at all, but long enough to be one')],
  ];
  for (const [message, zip] of cases) assert.throws(() => text('a', zip), { name: 'InputError', message });
});
test('unzip stops a bomb at the size that the directory promises', () => {
  assert.throws(() => text('a', archive([{ name: 'a', text: '0'.repeat(1e6), size: 10 }])), {
    name: 'InputError',
    message: /entry a is damaged \((?!size or checksum)/, // not unpacked first and then found to be too long
  });
});
test('unzip shows how an entry starts without unpacking all of it', () => {
  const entry = unzip('a.zip', archive([{ name: 'a', text: `head ${'0'.repeat(2e7)}` }])).get('a');
  assert.equal(entry?.size, 2e7 + 5);
  const start = entry?.start() ?? Buffer.alloc(0);
  assert.equal(start.toString('latin1', 0, 6), 'head 0');
  assert.ok(start.length <= 4096 * 1032, `${start.length}`);
});
