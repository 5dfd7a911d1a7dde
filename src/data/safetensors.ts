import { check, InputError, isCount, shown } from '../check';
import { type ByteSource, CHUNK, inMemory, withFile } from './byteSource';
import { writeAtomically } from './files';
import { decodeInto, encode, itemSize } from './littleEndian';
import { refuseOther } from './otherFormat';
import { repeatedKey } from './repeatedKey';

/** Number formats of tensors that are read and written. */
export type TensorType = keyof typeof kinds;

/** Those that are only read: as float64 they are exactly what the file holds. */
export type HalfType = 'F16' | 'BF16';

/** A tensor of any shape, row-major, held as float64 whatever the file's format. */
export interface Tensor {
  readonly dtype: TensorType | HalfType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

const kinds = { F32: 'f4', F64: 'f8', I32: 'i4', I64: 'i8' } as const;
const readable = { ...kinds, F16: 'f2', BF16: 'b2' } as const;
const LARGEST_HEADER = 100e6;

/**
 * The tensors of a .safetensors file by name; values may be NaN or infinite, which is for the caller to judge.
 *
 * The file is read chunk by chunk: beside the numbers there is never more of it in memory than a chunk.
 *
 * @param caller opens the messages
 * @throws InputError when the file cannot be read or is not exactly what the format allows; for PyTorch's and NumPy's own formats
 *   with the lines of Python that convert it
 */
export function readSafetensors(caller: string, path: string): Map<string, Tensor> {
  return withFile(caller, path, (bytes) => {
    refuseOther(`${caller}: ${path}`, path, bytes);
    return tensorsOf(`${caller}: ${path}`, bytes);
  });
}

/**
 * Strict reader: 8 bytes of header length, a JSON header, then the data without gap, overlap or rest.
 *
 * @param source opens the messages
 * @throws InputError otherwise, and for a dtype other than F16, BF16, F32, F64, I32, I64
 * @see https://github.com/huggingface/safetensors#format
 */
export function parseSafetensors(source: string, file: Uint8Array): Map<string, Tensor> {
  return tensorsOf(source, inMemory(file));
}

/** The number formats in a .safetensors file, read off its header alone. */
export function tensorTypes(caller: string, path: string): Set<Tensor['dtype']> {
  return withFile(caller, path, (bytes) => {
    refuseOther(`${caller}: ${path}`, path, bytes);
    return new Set(entriesOf(`${caller}: ${path}`, bytes).entries.map(({ dtype }) => dtype));
  });
}

function tensorsOf(source: string, file: ByteSource): Map<string, Tensor> {
  const { entries, start } = entriesOf(source, file);
  return new Map(entries.map((entry) => [entry.name, tensorOf(source, file, start, entry)]));
}

/** What the header says, checked against the size of the file; the data begin at `start`. */
function entriesOf(source: string, file: ByteSource): { entries: Entry[]; start: number } {
  check(file.size >= 8, () => `${source} has ${file.size} bytes, expected a safetensors file (truncated?)`);
  const length = Number(Buffer.from(file.read(0, 8)).readBigUInt64LE(0));
  check(length <= LARGEST_HEADER, () => `${source} has a header of ${length} bytes, expected at most 100 MB`);
  check(8 + length <= file.size, () => `${source} has a header of ${length} bytes in ${file.size} (truncated?)`);
  const header = Object.entries(parseHeader(source, file.read(8, length)));
  const entries = header.filter(([name]) => name !== '__metadata__').map(([name, e]) => checkEntry(source, name, e));
  checkCover(source, entries, file.size - 8 - length);
  return { entries, start: 8 + length };
}

function tensorOf(source: string, file: ByteSource, start: number, entry: Entry): Tensor {
  const { name, dtype, shape, begin, end } = entry;
  const kind = readable[dtype];
  const data = new Float64Array((end - begin) / itemSize[kind]);
  for (let at = begin; at < end; at += CHUNK) {
    const chunk = file.read(start + at, Math.min(CHUNK, end - at));
    decodeInto(`${source}: ${shown(name)}`, kind, chunk, data, (at - begin) / itemSize[kind]);
  }
  return { dtype, shape, data };
}

/**
 * Writes named tensors; the file is replaced as a whole or not at all.
 *
 * @throws InputError for an unknown dtype, or when the file cannot be written
 */
export function writeSafetensors(path: string, tensors: ReadonlyMap<string, Tensor>): void {
  const header: Record<string, object> = {};
  const parts: Uint8Array[] = [];
  let begin = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    check(Object.hasOwn(kinds, dtype), () => `writing ${path}: dtype is ${dtype}, expected F32, F64, I32 or I64`);
    const bytes = encode(kinds[dtype as TensorType], data);
    header[name] = { dtype, shape, data_offsets: [begin, begin + bytes.length] };
    begin += bytes.length;
    parts.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  // the format pads with spaces, so that the data start at a multiple of 8
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  writeAtomically(path, Buffer.concat([length, padded, ...parts]));
}

/**
 * Whether a file is as long as its header says: false while it is being written. What else is wrong with it only reading tells.
 *
 * @param path of a file that may change while it is looked at
 */
export function isWholeFile(path: string): boolean {
  return withFile('isWholeFile', path, ({ size, read }) => {
    if (size < 8) return false;
    const length = Number(Buffer.from(read(0, 8)).readBigUInt64LE(0));
    if (length > LARGEST_HEADER || 8 + length > size) return false;
    try {
      const header: object = JSON.parse(Buffer.from(read(8, length)).toString('utf8'));
      const entries: { readonly data_offsets?: readonly number[] }[] = Object.values(header);
      return size >= 8 + length + Math.max(0, ...entries.map((entry) => Number(entry?.data_offsets?.[1] ?? 0)));
    } catch {
      return false;
    }
  });
}

interface Entry {
  readonly name: string;
  readonly dtype: Tensor['dtype'];
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function parseHeader(source: string, bytes: Uint8Array): object {
  let header: unknown;
  let twice: string | undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = text.startsWith('{') ? JSON.parse(text) : undefined;
    twice = repeatedKey(text);
  } catch (error) {
    throw new InputError(`${source} has a header that is not JSON (${shown((error as Error).message)})`);
  }
  check(isObject(header), () => `${source} has a header that is not a JSON object`);
  check(twice === undefined, () => `${source} has the key ${shown(twice ?? '')} twice in its header`);
  return header;
}

function checkEntry(source: string, name: string, entry: unknown): Entry {
  const at = `${source}: tensor ${shown(name)}`;
  check(isObject(entry), () => `${at} is described by ${show(entry)}, expected an object`);
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  check(
    typeof dtype === 'string' && Object.hasOwn(readable, dtype),
    () => `${at} has dtype ${show(dtype)}, expected F16, BF16, F32, F64, I32 or I64`,
  );
  check(isCounts(shape), () => `${at} has shape ${show(shape)}, expected counts`);
  check(
    isCounts(offsets) && offsets.length === 2,
    () => `${at} has data_offsets ${show(offsets)}, expected two counts`,
  );
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, d) => product * d, itemSize[readable[dtype as Tensor['dtype']]]);
  check(
    size === end - begin,
    () => `${at} has shape ${show(shape)} and ${end - begin} bytes, expected ${size} bytes of ${dtype}`,
  );
  return { name, dtype: dtype as Tensor['dtype'], shape, begin, end };
}

function checkCover(source: string, entries: readonly Entry[], size: number): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    check(
      begin === covered,
      () =>
        `${source}: tensor ${shown(name)} starts at ${begin}, ${begin < covered ? 'overlapping the one before' : 'after a gap'}, expected ${covered}`,
    );
    covered = end;
  }
  check(covered === size, () => `${source} has ${size} bytes of data, expected ${covered} (truncated?)`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((v) => isCount(v, 0) && Number.isSafeInteger(v));
}

/** Whether it holds floating-point numbers. */
export function isFloat({ dtype }: Tensor): boolean {
  return dtype !== 'I32' && dtype !== 'I64';
}

/** A hostile header can hold anything: keep the message short, and survive nesting too deep to print. */
function show(value: unknown): string {
  try {
    return shown(JSON.stringify(value) ?? 'nothing');
  } catch {
    return 'too deep to show';
  }
}
