import { readFileSync } from 'node:fs';

/** Float64 numbers of a file, one part after the other, as the benches' Python halves write them. */
export function doubles(file) {
  const bytes = readFileSync(file);
  const all = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  let at = 0;
  const take = (length) => {
    at += length;
    return all.slice(at - length, at);
  };
  return { take, matrix: (rows, columns) => ({ rows, columns, data: take(rows * columns) }) };
}
