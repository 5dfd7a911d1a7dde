import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
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
    [/x\.npy is damaged/, 'deflated', (b, central) => b.writeUInt32LE(100, central + 24)],
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
