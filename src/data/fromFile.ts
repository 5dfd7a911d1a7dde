import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { check, InputError } from '../check';
import { readBatch } from './batchFile';
import { withFile } from './byteSource';
import { type CifarOptions, fromCifar } from './cifar';
import { type Dataset, dataset } from './dataset';
import { type CsvOptions, fromCsv } from './fromCsv';
import { fromFeatures } from './fromFeatures';
import { fromMedMnist, fromNpz, type NpzOptions } from './fromNpz';
import { fromIdx } from './idx';
import { largest } from './largest';
import { fromPictures, type PictureOptions } from './pictureFolder';

/** Options of {@link fromFile}: those of the reader that the file needs; others are refused. */
export interface FileOptions
  extends Omit<CsvOptions, 'header'>,
    Pick<PictureOptions, 'side' | 'channels'>,
    Pick<NpzOptions, 'inputs' | 'labels'> {
  readonly split?: 'train' | 'val' | 'test';
}

type Key = keyof FileOptions;

interface Format {
  readonly words: string;
  readonly keys: readonly Key[];
  readonly read: (path: string, options: FileOptions) => Promise<Dataset>;
}

const common: readonly Key[] = ['name', 'classes', 'most'];

const formats = {
  npz: { words: 'an archive of NumPy', keys: [...common, 'inputs', 'labels'], read: fromNpz },
  medMnist: { words: 'a set of MedMNIST', keys: [...common, 'split'], read: fromMedMnist },
  idx: { words: 'IDX', keys: common, read: (path, options) => fromIdx(path, undefined, options) },
  cifar: {
    words: 'CIFAR in the binary version',
    keys: [...common, 'split'],
    read: (path, options) => fromCifar(cifarFiles(path, options.split), options as CifarOptions),
  },
  features: {
    words: 'features and labels in two texts',
    keys: common,
    read: (path, options) => fromFeatures(/tgz$|tar/.test(path) ? path : join(path, 'feats'), undefined, options),
  },
  csv: { words: 'a table of text', keys: [...common, 'label', 'drop', 'missing', 'scale', 'separator'], read: fromCsv },
  pictures: { words: 'a folder of pictures', keys: ['name', 'most', 'labels', 'side', 'channels'], read: fromPictures },
  safetensors: { words: 'a batch as safetensors', keys: ['name', 'classes'], read: ofBatch },
} as const satisfies Readonly<Record<string, Format>>;

/**
 * A data set of your own from a file or folder, whose format is recognised: an archive of NumPy (x and y, or as MedMNIST comes), IDX,
 * CIFAR in the binary version, a table of text, a folder of pictures, features and labels in two texts (Texas100), a batch as safetensors.
 *
 * @throws InputError when it is missing, damaged or of another format, or an option is not one of its reader
 * @example
 * data.writeNpz('mine.npz', secret);
 * (await data.fromFile('mine.npz')).image;  // => { height: 28, width: 28, channels: 1 }
 */
export async function fromFile(path: string, options: FileOptions = {}): Promise<Dataset> {
  check(
    typeof path === 'string' && existsSync(path),
    () => `fromFile: ${path} is not there, expected a file or a folder`,
  );
  const format: Format = formats[formatOf(path)];
  const other = (Object.keys(options) as Key[]).find((key) => options[key] !== undefined && !format.keys.includes(key));
  check(
    other === undefined,
    () =>
      `fromFile: ${path} is ${format.words}, which has no option ${other}, expected some of ${format.keys.join(', ')}`,
  );
  return format.read(path, options);
}

function formatOf(path: string): keyof typeof formats {
  if (statSync(path).isDirectory()) {
    const names = readdirSync(path);
    if (names.some((name) => /^(data_batch_\d|train|test)\.bin$/.test(name))) return 'cifar';
    return names.includes('feats') ? 'features' : 'pictures';
  }
  const name = basename(path);
  if (name.endsWith('.bin') || /^cifar.*\.(tgz|tar|tar\.gz)$/.test(name)) return 'cifar';
  if (/texas.*\.(tgz|tar|tar\.gz)$/.test(name)) return 'features';
  if (/idx\d-u?byte/.test(name)) return 'idx';
  if (name.endsWith('.safetensors')) return 'safetensors';
  const start = withFile('fromFile', path, ({ read }) => Buffer.from(read(0, 64)).toString('latin1'));
  // an archive has the name of its first array behind 30 bytes
  if (start.startsWith('PK'))
    return /^(train|val|test)_(images|labels)\.npy/.test(start.slice(30)) ? 'medMnist' : 'npz';
  if (start.startsWith('\x89PNG') || start.startsWith('\xff\xd8'))
    throw new InputError(
      `fromFile: ${path} is one picture, expected the folder with a folder of pictures for each class`,
    );
  return start.startsWith('\0\0\x08') ? 'idx' : 'csv';
}

/** The unpacked archive's files of a part. */
function cifarFiles(path: string, split = 'train'): string | string[] {
  if (!statSync(path).isDirectory()) return path;
  const wanted = split === 'test' ? /^(test_batch|test)\.bin$/ : /^(data_batch_\d|train)\.bin$/;
  return readdirSync(path)
    .filter((name) => wanted.test(name))
    .sort()
    .map((name) => join(path, name));
}

async function ofBatch(path: string, options: FileOptions): Promise<Dataset> {
  const batch = readBatch(path);
  const { name = basename(path, '.safetensors'), classes = Math.max(2, 1 + largest(batch.labels)) } = options;
  return dataset({ ...batch, name, classes });
}
