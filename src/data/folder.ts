import { check } from '../check';
import type { About } from './about';
import { type CifarOptions, fromCifar } from './cifar';
import { type Dataset, withAbout } from './dataset';
import { fromCsv } from './fromCsv';
import { fromFeatures } from './fromFeatures';
import { fromNpz } from './fromNpz';
import { fromIdx } from './idx';
import type { ReadOptions } from './limits';
import { locate } from './locate';
import { published } from './published';

/** Options of sets that come in parts. */
export interface SplitOptions extends Pick<ReadOptions, 'most'> {
  /** @default 'train' */
  readonly split?: 'train' | 'test';
}

/**
 * CIFAR-10 pictures, 32 x 32 x 3 in [0, 1], 10 classes: from the official archive, or from an archive of NumPy.
 *
 * @throws InputError saying where to get the set when it is absent
 * @example
 * (await data.cifar10()).image;  // => { height: 32, width: 32, channels: 3 }
 */
export async function cifar10(options: SplitOptions = {}): Promise<Dataset> {
  if (options.split !== undefined) return cifar('cifar10', options);
  const path = locate('cifar10', published.cifar10);
  const read = path.endsWith('.npz') ? fromNpz : fromCifar; // an archive of NumPy has no parts
  return withAbout(await read(path, { name: 'cifar10', classes: 10, ...options }), published.cifar10);
}

/**
 * CIFAR-100 pictures, 32 x 32 x 3 in [0, 1], 100 classes (the fine labels).
 *
 * @throws InputError saying where to get the set when it is absent
 * @example
 * (await data.cifar100()).classes;  // => 100
 */
export function cifar100(options: SplitOptions = {}): Promise<Dataset> {
  return cifar('cifar100', options);
}

async function cifar(name: 'cifar10' | 'cifar100', options: CifarOptions): Promise<Dataset> {
  const about = published[name];
  const path = locate(name, { ...about, places: about.places.filter((place) => place.endsWith('.tar.gz')) });
  return withAbout(await fromCifar(path, { name, ...options }), about);
}

/**
 * Fashion-MNIST clothes, 28 x 28 greys in [0, 1], 10 classes.
 *
 * @throws InputError saying where to get the set when it is absent
 * @example
 * (await data.fashionMnist({ split: 'test' })).classes;  // => 10
 */
export async function fashionMnist({ split = 'train', ...options }: SplitOptions = {}): Promise<Dataset> {
  const path = locate('fashionMnist', published.fashionMnist).replace('train-', split === 'test' ? 't10k-' : 'train-');
  return withAbout(
    await fromIdx(path, undefined, { name: 'fashionMnist', classes: 10, ...options }),
    published.fashionMnist,
  );
}

/** What is known of sets that are had by request or by hand only. */
export const byHand: Readonly<Record<'retina' | 'isic' | 'faces', About>> = {
  retina: {
    title: 'Fundus photographs with grade of retinopathy',
    shape: 'side x side x 3, side 28 or 64',
    classes: 5,
    licence: 'free for academic purposes, with attribution',
    citation: 'S. S. Rahim: DR image dataset, 2025',
    home: 'https://medmnist.com (RetinaMNIST)',
    files: [],
    form: 'numpy: x uint8 N x side x side x 3, y 0..4',
    places: ['retina/retina_28.npz', 'retina_28.npz'],
  },
  isic: {
    title: 'ISIC dermoscopic pictures, benign 0 or malignant 1',
    shape: 'side x side x 3, side 32 or 64',
    classes: 2,
    licence: 'CC0 1.0 (UDA-1)',
    citation: 'International Skin Imaging Collaboration, archive',
    home: 'https://www.isic-archive.com',
    files: [],
    form: 'numpy: x uint8 N x side x side x 3, y 0..1',
    places: ['isic/isic_32.npz', 'isic_32.npz'],
  },
  faces: {
    title: 'AT&T (Olivetti) faces of 38 people, five each',
    shape: '64 x 64 greys',
    classes: 38,
    licence: 'none given; credit to Olivetti Research Laboratory',
    citation: 'F. Samaria, A. Harter: Parameterisation of a Stochastic Model for Human Face Identification. WACV 1994',
    home: 'https://cam-orl.co.uk/facedatabase.html',
    files: [],
    form: 'numpy: x uint8 N x 64 x 64, y 0..37',
    places: ['att_faces/att_faces_64.npz', 'att_faces_64.npz'],
  },
};

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
  return load('retina', side);
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
  return load('isic', side);
}

/**
 * Portraits of 38 people, 64 x 64 greys in [0, 1], five of each (the AT&T or Olivetti faces).
 *
 * @throws InputError when the set is absent
 * @example
 * (await data.faces()).image;  // => { height: 64, width: 64, channels: 1 }
 */
export function faces(): Promise<Dataset> {
  return load('faces', 64);
}

/**
 * Location30: 446 visited-or-not features, 0 or 1, in 30 classes.
 *
 * @throws InputError when the set is absent
 * @example
 * (await data.location30()).inputs.columns;  // => 446
 */
export async function location30(options: Pick<ReadOptions, 'most'> = {}): Promise<Dataset> {
  const path = locate('location30', published.location30);
  const own = { name: 'location30', classes: 30, ...options };
  const set = path.endsWith('.npz') ? fromNpz(path, own) : fromCsv(path, { ...own, label: 0, header: false });
  return withAbout(await set, published.location30);
}

/**
 * Purchase100: 600 features, 0 or 1, in 100 classes.
 *
 * @throws InputError saying where to get the set when it is absent
 * @example
 * (await data.purchase100({ most: 2 })).about?.title;  // => "Purchase100: what a shop's customers bought"
 */
export async function purchase100(options: Pick<ReadOptions, 'most'> = {}): Promise<Dataset> {
  const path = locate('purchase100', published.purchase100);
  const own = { name: 'purchase100', classes: 100, label: 0, header: false, ...options };
  return withAbout(await fromCsv(path, own), published.purchase100);
}

/**
 * Texas100: 6,169 features, 0 or 1, in 100 classes; all 67,330 records are more than fit, so `most` is needed.
 *
 * @throws InputError saying where to get the set when it is absent
 * @example
 * (await data.texas100({ most: 1 })).classes;  // => 100
 */
export async function texas100(options: Pick<ReadOptions, 'most'> = {}): Promise<Dataset> {
  const path = locate('texas100', published.texas100);
  const own = { name: 'texas100', classes: 100, ...options };
  return withAbout(await fromFeatures(path, undefined, own), published.texas100);
}

async function load(name: keyof typeof byHand, side: number): Promise<Dataset> {
  const about = byHand[name];
  const form = about.form.replaceAll('side', String(side));
  const places = about.places.map((place) => place.replace(/\d+(?=\.npz)/, String(side)));
  const path = locate(name, { ...about, form, places });
  return withAbout(await fromNpz(path, { name, classes: about.classes }), about);
}
