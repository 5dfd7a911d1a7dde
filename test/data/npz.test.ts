import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import { InputError } from '../../src/check';
import { parseNpy, readNpz } from '../../src/data/npz';
import { temporaryFolder } from '../support/temporary';

const at = temporaryFolder();

// np.savez and np.savez_compressed of x = uint8 [[0, 51], [102, 255]], y = int64 [1, -2]
const archives = {
  stored:
    'UEsDBC0AAAAAAAAAIQA2A6hE//////////8FABQAeC5ucHkBABAAhAAAAAAAAACEAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzog' +
    'J3x1MScsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAyKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAg' +
    'ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKADNm/1BLAwQtAAAAAAAAACEAmvv1I///////////BQAUAHkubnB5AQAQ' +
    'AJAAAAAAAAAAkAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUn' +
    'OiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgCgEAAAAA' +
    'AAAA/v////////9QSwECLQMtAAAAAAAAACEANgOoRIQAAACEAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwECLQMtAAAAAAAA' +
    'ACEAmvv1I5AAAACQAAAABQAAAAAAAAAAAAAAgAG7AAAAeS5ucHlQSwUGAAAAAAIAAgBmAAAAggEAAAAA',
  deflated:
    'UEsDBC0AAAAIAAAAIQA2A6hE//////////8FABQAeC5ucHkBABAAhAAAAAAAAABKAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6l' +
    'oF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CkaaOgq1CmQDLgbjtP8AUEsDBC0AAAAIAAAAIQCa+/Uj////' +
    '//////8FABQAeS5ucHkBABAAkAAAAAAAAABLAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIK' +
    'EndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC5GBgj49x8CAFBLAQItAy0AAAAIAAAAIQA2A6hESgAAAIQAAAAFAAAAAAAAAAAAAACA' +
    'AQAAAAB4Lm5weVBLAQItAy0AAAAIAAAAIQCa+/UjSwAAAJAAAAAFAAAAAAAAAAAAAACAAYEAAAB5Lm5weVBLBQYAAAAAAgACAGYA' +
    'AAADAQAAAAA=',
};

function npy(descr: string, shape: string, data: Uint8Array, order = 'False', version = 1): Buffer {
  const header = Buffer.from(`{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`);
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.of(version, 0), length, header, data]);
}

for (const [name, base64] of Object.entries(archives)) {
  const bytes = Buffer.from(base64, 'base64');
  test(`readNpz reads what numpy wrote ${name}`, () => {
    writeFileSync(at(`${name}.npz`), bytes);
    const [y, x] = readNpz(at(`${name}.npz`), ['y', 'x']);
    assert.deepEqual(x, { kind: 'u1', shape: [2, 2], data: Float64Array.of(0, 51, 102, 255) });
    assert.deepEqual(y, { kind: 'i8', shape: [2], data: Float64Array.of(1, -2) });
  });
  test(`readNpz rejects every truncation of a ${name} archive`, () => {
    for (let length = 0; length < bytes.length; length += 7) {
      writeFileSync(at('cut.npz'), bytes.subarray(0, length));
      assert.throws(() => readNpz(at('cut.npz'), ['x', 'y']), InputError, `cut to ${length} bytes`);
    }
  });
  test(`readNpz answers or rejects, whichever byte of a ${name} archive is wrong`, () => {
    for (let k = 0; k < bytes.length; k++) {
      const wrong = Buffer.from(bytes);
      wrong[k] = (wrong[k] as number) ^ 0xff;
      writeFileSync(at('wrong.npz'), wrong);
      try {
        readNpz(at('wrong.npz'), ['x', 'y']);
      } catch (error) {
        assert.ok(error instanceof InputError, `byte ${k}: ${error}`);
      }
    }
  });
}
test('readNpz refuses a changed byte of data, and sizes that are not those of the data, before it unpacks them', () => {
  const change = (archive: keyof typeof archives, write: (bytes: Buffer, central: number) => void): string => {
    const bytes = Buffer.from(archives[archive], 'base64');
    write(bytes, bytes.indexOf('PK\x01\x02', 0, 'latin1'));
    writeFileSync(at('changed.npz'), bytes);
    return at('changed.npz');
  };
  const cases: [RegExp, string, (bytes: Buffer, central: number) => void][] = [
    [/x\.npy is damaged \(size or checksum differs\)/, 'stored', (b, central) => b.writeUInt8(9, central - 200)],
    [
      /array x has -28 bytes of data, expected 4 for \(2,2\)/,
      'deflated',
      (b, central) => b.writeUInt32LE(100, central + 24),
    ],
    [
      /x\.npy has 4294967280 bytes, expected at most/,
      'deflated',
      (b, central) => b.writeUInt32LE(0xfffffff0, central + 24),
    ],
    [/x\.npy is encrypted/, 'deflated', (b, central) => b.writeUInt16LE(1, central + 8)],
  ];
  for (const [message, archive, write] of cases)
    assert.throws(() => readNpz(change(archive as keyof typeof archives, write), ['x']), {
      name: 'InputError',
      message,
    });
});
/** An archive of one array x whose header promises a shape, deflated with whatever follows the header. */
function bomb(descr: string, shape: string, size: number, data = new Uint8Array(0)): string {
  const bytes = npy(descr, shape, data);
  const packed = deflateRawSync(bytes);
  const fields = Buffer.alloc(20);
  fields.writeUInt16LE(8, 0);
  fields.writeUInt32LE(crc32(bytes), 6);
  fields.writeUInt32LE(packed.length, 10);
  fields.writeUInt32LE(bytes.length - data.length + size, 14);
  fields.writeUInt16LE(5, 18);
  const local = Buffer.concat([
    Buffer.from('PK\x03\x04\x14\0\0\0'),
    fields,
    Buffer.alloc(2),
    Buffer.from('x.npy'),
    packed,
  ]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\0\x14\0\0\0'),
    fields,
    Buffer.alloc(16),
    Buffer.from('x.npy'),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  for (const at of [8, 10]) end.writeUInt16LE(1, at);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  writeFileSync(at('bomb.npz'), Buffer.concat([local, central, end]));
  return at('bomb.npz');
}
test('readNpz refuses more than 2^28 numbers, and a size that the shape does not ask for, before it unpacks them', () => {
  // the directory promises gigabytes that are not there: a reader that unpacked first would call the entry damaged
  const cases: [RegExp, string][] = [
    [/has 1500000000 numbers \(1500000000\), expected at most 2\^28; save fewer samples/, '(1500000000,)'],
    [/has 1500000000 bytes of data, expected 4 for \(2,2\)/, '(2, 2)'],
  ];
  for (const [message, shape] of cases) {
    const path = bomb('|u1', shape, 1.5e9);
    assert.throws(() => readNpz(path, ['x']), { name: 'InputError', message });
  }
});
test('readNpz unpacks a large array of zeros no further than its shape', () => {
  const zeros = new Uint8Array(3e6);
  assert.equal(readNpz(bomb('|u1', '(3000000,)', 3e6, zeros), ['x'])[0]?.data.length, 3e6);
  const path = bomb('|u1', '(1000,)', 1000, zeros);
  assert.throws(() => readNpz(path, ['x']), /entry x\.npy is damaged \(Cannot create a Buffer larger than/);
});
test('readNpz names the arrays there are when one is missing', () => {
  writeFileSync(at('stored.npz'), Buffer.from(archives.stored, 'base64'));
  assert.throws(() => readNpz(at('stored.npz'), ['z']), /no array z, only x\.npy, y\.npy/);
});
test('parseNpy reads versions 1 and 2, and a scalar', () => {
  const one = Uint8Array.of(1, 0, 0, 0);
  for (const version of [1, 2]) assert.deepEqual(parseNpy('a', npy('<i4', '(1,)', one, 'False', version)).shape, [1]);
  assert.deepEqual(parseNpy('a', npy('<i4', '()', one)), { kind: 'i4', shape: [], data: Float64Array.of(1) });
});
test('parseNpy rejects hostile and unsupported headers', () => {
  const cases: [RegExp, Buffer][] = [
    [/not in \.npy format/, Buffer.from('hello, I am not numpy')],
    [/version 9/, npy('|u1', '(1,)', Uint8Array.of(1), 'False', 9)],
    [/dtype \|O, expected one of \|u1/, npy('|O', '(1,)', Uint8Array.of(1))],
    [/dtype __proto__/, npy('__proto__', '(1,)', Uint8Array.of(1))],
    [/Fortran order/, npy('|u1', '(1,)', Uint8Array.of(1), 'True')],
    [/no readable shape/, npy('|u1', '(-1,)', Uint8Array.of(1))],
    [/1 bytes of data, expected 1e\+30/, npy('|u1', '(1000000000000000, 1000000000000000)', Uint8Array.of(1))],
    [/1 bytes of data, expected 4/, npy('<f4', '(1,)', Uint8Array.of(1))],
    [/ends within its header/, npy('|u1', '(1,)', Uint8Array.of(1)).subarray(0, 40)],
  ];
  for (const [message, bytes] of cases) assert.throws(() => parseNpy('a', bytes), { name: 'InputError', message });
});
