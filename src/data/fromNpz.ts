import { basename } from 'node:path';
import { check, shown } from '../check';
import { matrix } from '../math/matrix';
import { type Dataset, dataset } from './dataset';
import { greys } from './idx';
import { largest } from './largest';
import { type ReadOptions, samplesRead } from './limits';
import { type NumpyArray, readNpz } from './npz';

/** Options of {@link fromNpz}. */
export interface NpzOptions extends ReadOptions {
  /** name of the array of samples, M x d0, M x height x width or M x height x width x channels. @default 'x' */
  readonly inputs?: string;
  /** name of the array of labels, M or M x 1. @default 'y' */
  readonly labels?: string;
}

/**
 * Samples and labels in a NumPy archive of your own: pictures of unsigned bytes become [0, 1], other numbers stay as they are.
 *
 * Labels that count from 1 to K, which `classes` says, are counted from 0.
 *
 * @throws InputError when the file or an array is missing, damaged or of another shape or type
 * @example
 * // in Python: numpy.savez('mine.npz', x=pictures, y=labels)
 * data.writeNpz('mine.npz', secret);
 * (await data.fromNpz('mine.npz', { classes: 10 })).inputs.columns;  // => 784
 */
export async function fromNpz(path: string, options: NpzOptions = {}): Promise<Dataset> {
  const { inputs = 'x', labels = 'y', name = basename(path).replace(/\.npz$/, '') } = options;
  const [x, y] = readNpz(path, [inputs, labels]) as [NumpyArray, NumpyArray];
  const source = `fromNpz: ${path}`;
  const [all = 0, height = 0, width = 1, channels = 1] = x.shape;
  const fits = y.shape[0] === all && (y.shape.length === 1 || (y.shape.length === 2 && y.shape[1] === 1));
  check(
    x.shape.length >= 2 && x.shape.length <= 4 && fits && all >= 1,
    () =>
      `${source} has ${inputs} (${shown(String(x.shape))}) and ${labels} (${shown(String(y.shape))}), expected M samples, ` +
      'M x d0, M x height x width or M x height x width x channels, and M labels, one for each',
  );
  check(
    !(x.shape.length === 4 && isColour(height) && !isColour(channels)),
    () =>
      `${source} has ${inputs} (${shown(String(x.shape))}), which looks like channels first, expected them last; save ${inputs}.transpose(0, 2, 3, 1)`,
  );
  const entries = height * width * channels;
  const count = samplesRead(source, all, entries, options.most);
  const data = x.data.subarray(0, count * entries);
  const own = y.data.subarray(0, count);
  const bad = own.findIndex((label) => !Number.isInteger(label));
  check(bad < 0, () => `${source}: label ${bad} is ${own[bad]}, expected integers`);
  const classes = options.classes ?? Math.max(2, 1 + largest(own));
  check(
    options.classes !== undefined || !y.kind.startsWith('f') || classes <= count,
    () =>
      `${source}: ${labels} are ${count} floats up to ${classes - 1}, which look like measurements, expected classes; if they are, say classes: ${classes}`,
  );
  const first = own.includes(classes) ? 1 : 0;
  const picture = x.shape.length === 3 || (x.shape.length === 4 && isColour(channels)); // others are volumes
  return dataset({
    name,
    classes,
    inputs: matrix(count, entries, x.shape.length > 2 && x.kind === 'u1' ? greys(data) : data),
    labels: Int32Array.from(own, (label) => label - first),
    ...(picture && { image: { height, width, channels } }),
  });
}

/** Channels of a picture: grey, colour, or colour with transparency. */
function isColour(channels: number): boolean {
  return channels === 1 || channels === 3 || channels === 4;
}

/** Options of {@link fromMedMnist}. */
export interface MedMnistOptions extends ReadOptions {
  /** @default 'train' */
  readonly split?: 'train' | 'val' | 'test';
}

/**
 * A set of MedMNIST as it is downloaded, pictures in [0, 1]: those with one label a picture.
 *
 * @throws InputError when the file is missing, damaged or of another form, such as several labels a picture (ChestMNIST)
 * @see https://medmnist.com
 * @example
 * (await data.fromMedMnist('data/retinamnist.npz')).image?.channels;  // => 3
 */
export function fromMedMnist(path: string, { split = 'train', ...options }: MedMnistOptions = {}): Promise<Dataset> {
  check(
    ['train', 'val', 'test'].includes(split),
    () => `fromMedMnist: split is ${split}, expected 'train', 'val' or 'test'`,
  );
  return fromNpz(path, { ...options, inputs: `${split}_images`, labels: `${split}_labels` });
}
