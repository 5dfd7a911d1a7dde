import { check, listed, shown } from '../check';
import { readBytes } from './files';
import { decode, itemSize, type NumberKind } from './littleEndian';
import { unzip } from './zip';

/** An array of any shape, row-major, as float64; `kind` is how the file stored it. */
export interface NumpyArray {
  readonly kind: NumberKind;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Most numbers in an array: 2 GiB as float64, enough for 60,000 pictures of 32 x 32 x 3. */
const MOST = 2 ** 28;

/**
 * Arrays of a numpy .npz file; arrays that are not asked for are not unpacked, and one that is asked for only when its header
 * agrees with its size: a small file can unpack to gigabytes.
 *
 * @throws InputError when the file or an array is missing, damaged, of another dtype than |u1 <i4 <i8 <f4 <f8, in
 *   Fortran order, or has more than 2^28 numbers
 * @example
 * readNpz('cifar10.npz', ['x', 'y']).map(({ shape }) => shape);  // => [[1000, 32, 32, 3], [1000]]
 */
export function readNpz(path: string, names: readonly string[]): NumpyArray[] {
  const entries = unzip(`readNpz: ${path}`, readBytes('readNpz', path));
  return names.map((name) => {
    const entry = entries.get(`${name}.npy`);
    check(entry !== undefined, () => `readNpz: ${path} has no array ${name}, only ${listed(entries.keys())}`);
    const source = `readNpz: ${path}: array ${name}`;
    npyHeader(source, entry.start(), entry.size);
    return parseNpy(source, entry.bytes());
  });
}

/**
 * One .npy file, format 1 to 3.
 *
 * @throws InputError as {@link readNpz}
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function parseNpy(source: string, bytes: Buffer): NumpyArray {
  const { kind, shape, end } = npyHeader(source, bytes, bytes.length);
  return { kind, shape, data: decode(source, kind, bytes.subarray(end)) };
}

/** What a .npy file of `size` bytes says of itself in its first bytes, of which `end` are header. */
function npyHeader(
  source: string,
  bytes: Buffer,
  size: number,
): Pick<NumpyArray, 'kind' | 'shape'> & { readonly end: number } {
  check(bytes.length >= 12 && bytes.toString('latin1', 0, 6) === '\x93NUMPY', () => `${source} is not in .npy format`);
  const version = bytes[6] as number;
  check(1 <= version && version <= 3, () => `${source} has .npy version ${version}, expected 1 to 3`);
  const start = version === 1 ? 10 : 12;
  const end = start + (version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  check(end <= bytes.length, () => `${source} ends within its header`);
  const header = bytes.toString('latin1', start, end);

  const descr = /'descr': *'([^']*)'/.exec(header)?.[1] ?? 'unreadable';
  const kind = kinds.get(descr);
  check(
    kind !== undefined,
    () => `${source} has dtype ${shown(descr)}, expected one of ${[...kinds.keys()].join(' ')}`,
  );
  check(/'fortran_order': *False/.test(header), () => `${source} is in Fortran order; save np.ascontiguousarray(x)`);
  const dimensions = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  check(dimensions !== undefined, () => `${source} has no readable shape`);
  const shape = (dimensions.match(/\d+/g) ?? []).map(Number);
  const count = shape.reduce((product, d) => product * d, 1);
  check(
    count * itemSize[kind] === size - end,
    () =>
      `${source} has ${size - end} bytes of data, expected ${count * itemSize[kind]} for (${shown(String(shape))}); save it again`,
  );
  check(
    count <= MOST,
    () => `${source} has ${count} numbers (${shown(String(shape))}), expected at most 2^28; save fewer samples, x[:n]`,
  );
  return { kind, shape, end };
}

const kinds: ReadonlyMap<string, NumberKind> = new Map([
  ['|u1', 'u1'],
  ['<i4', 'i4'],
  ['<i8', 'i8'],
  ['<f4', 'f4'],
  ['<f8', 'f8'],
]);
