import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { check, InputError, shown } from '../check';
import { matrix } from '../math/matrix';
import type { ImageShape } from '../types';
import { type Dataset, dataset } from './dataset';
import { type NumpyArray, readNpz } from './npz';

/**
 * CIFAR-10 pictures, 32 x 32 x 3 in [0, 1], 10 classes.
 *
 * @throws InputError saying where to get the set when it is absent
 * @example
 * (await data.cifar10()).image;  // => { height: 32, width: 32, channels: 3 }
 */
export function cifar10(): Promise<Dataset> {
  return load({
    name: 'cifar10',
    folder: 'cifar10_jpeg',
    file: 'cifar10.npz',
    classes: 10,
    form: 'x uint8 N x 32 x 32 x 3, y 0..9; from https://www.cs.toronto.edu/~kriz/cifar.html',
  });
}

/**
 * Fundus photographs with grade of retinopathy, side x side x 3 in [0, 1], 5 classes.
 *
 * @param options side 28 (the default) or 64
 * @throws InputError for another side, and when the set is absent
 * @example
 * (await data.retina()).classes;  // => 5
 */
export async function retina({ side = 28 }: { readonly side?: 28 | 64 } = {}): Promise<Dataset> {
  check([28, 64].includes(side), () => `retina: side is ${side}, expected 28 or 64`);
  return load({
    name: 'retina',
    folder: 'retina',
    file: `retina_${side}.npz`,
    classes: 5,
    form: `x uint8 N x ${side} x ${side} x 3, y 0..4; from https://medmnist.com (RetinaMNIST)`,
  });
}

/**
 * Dermoscopic pictures, benign 0 or malignant 1, side x side x 3 in [0, 1].
 *
 * @param options side 32 (the default) or 64
 * @throws InputError for another side, and when the set is absent
 * @example
 * (await data.isic({ side: 64 })).inputs.columns;  // => 12288
 */
export async function isic({ side = 32 }: { readonly side?: 32 | 64 } = {}): Promise<Dataset> {
  check([32, 64].includes(side), () => `isic: side is ${side}, expected 32 or 64`);
  return load({
    name: 'isic',
    folder: 'isic',
    file: `isic_${side}.npz`,
    classes: 2,
    form: `x uint8 N x ${side} x ${side} x 3, y 0..1; from https://www.isic-archive.com`,
  });
}

/**
 * Portraits of 38 people, 64 x 64 greys in [0, 1], five of each (the AT&T or Olivetti faces).
 *
 * @throws InputError when the set is absent
 * @example
 * (await data.faces()).image;  // => { height: 64, width: 64, channels: 1 }
 */
export function faces(): Promise<Dataset> {
  return load({
    name: 'faces',
    folder: 'att_faces',
    file: 'att_faces_64.npz',
    classes: 38,
    form: 'x uint8 N x 64 x 64, y 0..37; from https://cam-orl.co.uk/facedatabase.html',
  });
}

/**
 * Location30: 446 visited-or-not features, 0 or 1, in 30 classes.
 *
 * @throws InputError when the set is absent
 * @example
 * (await data.location30()).inputs.columns;  // => 446
 */
export function location30(): Promise<Dataset> {
  return load({
    name: 'location30',
    folder: 'location30',
    file: 'location30.npz',
    classes: 30,
    form: 'x uint8 N x 446, y 0..29; from https://github.com/privacytrustlab/datasets (dataset_location.tgz)',
  });
}

interface Source {
  readonly name: string;
  readonly folder: string;
  readonly file: string;
  readonly classes: number;
  readonly form: string;
}

/** Async so that all datasets are called alike, and a file that is missing rejects. */
async function load(source: Source): Promise<Dataset> {
  const { name, classes } = source;
  const path = locate(source);
  const [x, y] = readNpz(path, ['x', 'y']) as [NumpyArray, NumpyArray];
  const [count = 0, height = 0, width = 1, channels = 1] = x.shape;
  const picture = x.shape.length > 2;
  check(
    x.shape.length >= 2 && x.shape.length <= 4 && y.shape.length === 1,
    () =>
      `${name}: ${path} has x (${shown(String(x.shape))}) and y (${shown(String(y.shape))}), expected ${source.form}`,
  );
  if (picture && x.kind === 'u1')
    x.data.forEach((v, i) => {
      x.data[i] = v / 255; // in place: a copy of a large set would be gigabytes
    });
  const first = y.data.includes(classes) ? 1 : 0; // some copies count labels from 1
  const image: ImageShape = { height, width, channels };
  return dataset({
    name,
    classes,
    inputs: matrix(count, height * width * channels, x.data),
    labels: Int32Array.from(y.data, (label) => label - first),
    ...(picture && { image }),
  });
}

/** `<data folder>/<set>/<file>`, or the file right in the data folder. */
function locate({ name, folder, file, form }: Source): string {
  const candidates = dataFolders().flatMap((base) => [join(base, folder, file), join(base, file)]);
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new InputError(
    `${name}: ${file} is in none of ${dataFolders().join(', ')}; set EXAN_DATA to a folder with ${folder}/${file} (numpy: ${form})`,
  );
}

/**
 * EXAN_DATA alone when it is set; else ./data and ../shared/data, seen from here and from this package.
 *
 * @example
 * process.env.EXAN_DATA = '/srv/data';
 * data.dataFolders();  // => ['/srv/data']
 */
export function dataFolders(): string[] {
  const chosen = process.env.EXAN_DATA;
  if (chosen) return [resolve(chosen)];
  const bases = new Set([process.cwd(), packageRoot(__dirname)]);
  return [...bases].flatMap((base) => [join(base, 'data'), resolve(base, '..', 'shared', 'data')]);
}

function packageRoot(folder: string): string {
  const above = dirname(folder);
  return existsSync(join(folder, 'package.json')) || above === folder ? folder : packageRoot(above);
}
