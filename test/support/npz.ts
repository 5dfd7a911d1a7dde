import { writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** A numpy archive of unsigned bytes, stored: what a data folder holds, as small as a test needs it. */
export function writeNpz(
  path: string,
  arrays: Readonly<Record<string, { shape: readonly number[]; data: Uint8Array }>>,
): void {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    const file = Buffer.from(`${name}.npy`);
    const bytes = npy(shape, data);
    const local = record(0x04034b50, 30, { 14: crc32(bytes), 18: bytes.length, 22: bytes.length });
    local.writeUInt16LE(file.length, 26);
    const central = record(0x02014b50, 46, { 16: crc32(bytes), 20: bytes.length, 24: bytes.length, 42: at });
    central.writeUInt16LE(file.length, 28);
    files.push(local, file, bytes);
    directory.push(central, file);
    at += local.length + file.length + bytes.length;
  }
  const listed = Buffer.concat(directory);
  const end = record(0x06054b50, 22, { 12: listed.length, 16: at });
  for (const where of [8, 10]) end.writeUInt16LE(directory.length / 2, where);
  writeFileSync(path, Buffer.concat([...files, listed, end]));
}

function record(signature: number, length: number, fields: Readonly<Record<number, number>>): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(signature, 0);
  for (const [where, value] of Object.entries(fields)) bytes.writeUInt32LE(value, Number(where));
  return bytes;
}

function npy(shape: readonly number[], data: Uint8Array): Buffer {
  const header = Buffer.from(`{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')},), }\n`);
  const length = Buffer.alloc(4);
  length[0] = 1;
  length.writeUInt16LE(header.length, 2);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.of(1, 0), length.subarray(2), header, data]);
}
