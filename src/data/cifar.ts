import { basename } from 'node:path';
import { check } from '../check';
import { matrix } from '../math/matrix';
import { transposeParts } from '../math/transposeParts';
import { type ByteStream, withStream } from './byteStream';
import { type Dataset, dataset } from './dataset';
import { type ReadOptions, samplesRead } from './limits';
import { eachMember } from './tar';

/** Options of {@link fromCifar}. */
export interface CifarOptions extends ReadOptions {
  /** of an archive. @default 'train' */
  readonly split?: 'train' | 'test';
}

const PIXELS = 32 * 32;

/**
 * CIFAR-10 or CIFAR-100 in the binary version: the archive as it is downloaded, or one or more .bin files; 32 x 32 x 3 in [0, 1],
 * of CIFAR-100 the fine labels.
 *
 * @throws InputError when a file is missing or damaged, or is no whole number of records
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 * @example
 * (await data.fromCifar('data/cifar10/cifar-10-binary.tar.gz', { split: 'test' })).labels[0];  // => 4
 */
export async function fromCifar(paths: string | readonly string[], options: CifarOptions = {}): Promise<Dataset> {
  const { split = 'train', most } = options;
  check(split === 'train' || split === 'test', () => `fromCifar: split is ${split}, expected 'train' or 'test'`);
  const files = typeof paths === 'string' ? [paths] : paths;
  check(files.length >= 1, () => 'fromCifar: got no file, expected at least one');
  const found: Records[] = [];
  for (const path of files) {
    const left = most === undefined ? undefined : most - found.reduce((sum, { count }) => sum + count, 0);
    if (left !== undefined && left < 1 && found.length > 0) break;
    if (/\.bin$/.test(path)) found.push(await withStream('fromCifar', path, (bytes) => recordsOf(path, bytes, left)));
    else await fromArchive(path, split, left, found);
  }
  check(
    found.length > 0,
    () => `fromCifar: ${files[0]} has no ${split} records, expected data_batch_1.bin or train.bin and the like`,
  );
  const kinds = new Set(found.map(({ classes }) => classes));
  check(kinds.size === 1, () => 'fromCifar: records of CIFAR-10 and of CIFAR-100 are mixed, expected one kind');
  return together(found, options.name ?? basename(String(files[0])).replace(/\..*$/, ''), options.classes);
}

/** Whole records as they are in the file: a seventh of what they are as numbers. */
interface Records {
  readonly count: number;
  readonly classes: 10 | 100;
  readonly bytes: Buffer;
}

const members = {
  train: /(^|\/)(data_batch_\d|train)\.bin$/,
  test: /(^|\/)(test_batch|test)\.bin$/,
};

function fromArchive(
  path: string,
  split: keyof typeof members,
  most: number | undefined,
  found: Records[],
): Promise<void> {
  let left = most;
  return eachMember('fromCifar', path, async ({ name }, bytes) => {
    if (!members[split].test(name)) return true;
    const records = await recordsOf(`${path}: ${name}`, bytes, left);
    found.push(records);
    if (left === undefined) return true;
    left -= records.count;
    return left > 0;
  });
}

/** One label, or a coarse and a fine one, then red, green and blue: which, the size tells. */
async function recordsOf(path: string, bytes: ByteStream, most: number | undefined): Promise<Records> {
  const source = `fromCifar: ${path}`;
  const [ten, hundred] = [3 * PIXELS + 1, 3 * PIXELS + 2];
  const record = bytes.most % ten === 0 && !/(^|\/)(train|test)\.bin$/.test(path) ? ten : hundred;
  const all = bytes.most / record;
  check(
    Number.isInteger(all) && all >= 1,
    () =>
      `${source} has ${bytes.most} bytes, expected a whole number of records of ${ten} (CIFAR-10) or ${hundred} bytes`,
  );
  const count = samplesRead(source, all, 3 * PIXELS, most);
  return { count, classes: record === ten ? 10 : 100, bytes: await bytes.take(count * record, 'its records') };
}

/** Planes of red, green and blue as pixels, channels last. */
function together(found: readonly Records[], name: string, told: number | undefined): Dataset {
  const count = found.reduce((sum, records) => sum + records.count, 0);
  samplesRead(`fromCifar: ${name}`, count, 3 * PIXELS, undefined);
  const inputs = matrix(count, 3 * PIXELS);
  const labels = new Int32Array(count);
  let m = 0;
  for (const { bytes, classes } of found) {
    const record = classes === 10 ? 3 * PIXELS + 1 : 3 * PIXELS + 2;
    for (let at = 0; at < bytes.length; at += record, m++) {
      const start = at + record - 3 * PIXELS;
      labels[m] = bytes[start - 1] as number;
      const planes = Float64Array.from(bytes.subarray(start, start + 3 * PIXELS), (v) => v / 255);
      inputs.data.set(transposeParts(planes, 3, PIXELS), m * 3 * PIXELS);
    }
  }
  const classes = told ?? found[0]?.classes ?? 10;
  return dataset({ name, inputs, labels, classes, image: { height: 32, width: 32, channels: 3 } });
}
