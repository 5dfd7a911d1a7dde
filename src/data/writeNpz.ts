import { crc32 } from 'node:zlib';
import { check } from '../check';
import type { Batch } from '../types';
import { writeAtomically } from './files';
import { encode } from './littleEndian';

/**
 * Writes samples and labels as `fromNpz` and numpy.load read them: `x`, M x d0 or M x height x width x channels, and `y`, M.
 *
 * Pictures that are whole 255ths and features that are whole numbers up to 255 become unsigned bytes; others keep every bit.
 *
 * @throws InputError when the file cannot be written, or would have 4 GiB
 * @example
 * data.writeNpz('digits.npz', secret);
 * (await data.fromNpz('digits.npz')).labels.length;  // => 8
 */
export function writeNpz(path: string, { inputs, labels, image }: Batch): void {
  const shape = image ? [inputs.rows, image.height, image.width, image.channels] : [inputs.rows, inputs.columns];
  const scale = image ? 255 : 1;
  const isByte = (v: number): boolean => v >= 0 && v * scale <= 255 && Math.round(v * scale) / scale === v;
  const x = inputs.data.every(isByte)
    ? npy(
        '|u1',
        shape,
        Uint8Array.from(inputs.data, (v) => Math.round(v * scale)),
      )
    : inputs.data.every((v) => Math.fround(v) === v)
      ? npy('<f4', shape, encode('f4', inputs.data))
      : npy('<f8', shape, encode('f8', inputs.data));
  check(
    x.length < 2 ** 32 - 2 ** 16,
    () => `writeNpz: ${path} would have ${x.length} bytes, expected less than 4 GiB; write fewer samples`,
  );
  writeAtomically(path, stored({ 'x.npy': x, 'y.npy': npy('<i8', [labels.length], encode('i8', labels)) }));
}

/** Version 1.0; the data start at a multiple of 64. */
function npy(descr: string, shape: readonly number[], data: Uint8Array): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const header = Buffer.alloc(Math.ceil((11 + text.length) / 64) * 64, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(header.length - 10, 8);
  header.write(text, 10);
  header.write('\n', header.length - 1);
  return Buffer.concat([header, data]);
}

/** A zip archive of entries that are not packed. */
function stored(entries: Readonly<Record<string, Buffer>>): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of Object.entries(entries)) {
    const file = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x21, 8); // 1 January 1980: the same file for the same numbers
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(file.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    files.push(Buffer.from('PK\x03\x04'), common, file, bytes);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, place, file);
    at += 30 + file.length + bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  for (const where of [8, 10]) end.writeUInt16LE(Object.keys(entries).length, where);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, listed, end]);
}
