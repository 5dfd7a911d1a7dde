import type { About, PublishedFile } from './about';

/** Commit of the repository that has Location30, Purchase100 and Texas100: what it holds cannot change. */
const SHOKRI = 'https://github.com/privacytrustlab/datasets/raw/169de9de00de049dd2e571cf7279e64698ac046a';
const shokri = {
  home: 'https://github.com/privacytrustlab/datasets',
  licence: 'none given in its repository',
  citation:
    'R. Shokri, M. Stronati, C. Song, V. Shmatikov: Membership Inference Attacks Against Machine Learning Models. S&P 2017',
};
const cifar = {
  home: 'https://www.cs.toronto.edu/~kriz/cifar.html',
  licence: 'none given by its authors',
  citation: 'A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images. University of Toronto, 2009',
};

function md5(url: string, value: string): PublishedFile {
  return { name: url.slice(url.lastIndexOf('/') + 1), url, checksum: { kind: 'md5', value } };
}

/** The four files of MNIST and its like, in this order: pictures and labels to train on, pictures and labels to test on. */
function idxFiles(base: string, sums: readonly string[]): PublishedFile[] {
  const names = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'];
  return names.map((name, k) => md5(`${base}/${name}-ubyte.gz`, sums[k] ?? ''));
}

/** Sets that are had as their authors publish them; checksums are those that the authors, or the libraries that load the sets, give. */
export const published: Readonly<
  Record<'mnist' | 'fashionMnist' | 'cifar10' | 'cifar100' | 'location30' | 'purchase100' | 'texas100', About>
> = {
  mnist: {
    title: 'MNIST handwritten digits',
    shape: '28 x 28 greys; 60,000 to train on and 10,000 to test on (embedded here: 10,000)',
    classes: 10,
    licence: 'CC BY-SA 3.0, as usually cited',
    citation:
      'Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-Based Learning Applied to Document Recognition. Proc. IEEE, 1998',
    home: 'http://yann.lecun.com/exdb/mnist/',
    files: idxFiles('https://ossci-datasets.s3.amazonaws.com/mnist', [
      'f68b3c2dcbeaaa9fbdd348bbdeb94873',
      'd53e105ee54ea40749a09fcbcd1e9432',
      '9fb629c4189551a2d022fa330f9573f3',
      'ec29112dd5afa0611ce80d1b7f02629c',
    ]),
    form: 'embedded',
    places: [],
  },
  fashionMnist: {
    title: 'Fashion-MNIST clothes',
    shape: '28 x 28 greys; 60,000 to train on and 10,000 to test on',
    classes: 10,
    licence: 'MIT',
    citation: 'H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST. arXiv 1708.07747, 2017',
    home: 'https://github.com/zalandoresearch/fashion-mnist',
    files: idxFiles('http://fashion-mnist.s3-website.eu-central-1.amazonaws.com', [
      '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
      '25c81989df183df01b3e8a0aad5dffbe',
      'bef4ecab320f06d8554ea6380940ec79',
      'bb300cfdad3c16e7a12a480ee83cd310',
    ]),
    form: 'IDX, packed by gzip',
    places: ['fashionMnist/train-images-idx3-ubyte.gz'],
  },
  cifar10: {
    title: 'CIFAR-10 pictures',
    shape: '32 x 32 x 3; 50,000 to train on and 10,000 to test on',
    classes: 10,
    ...cifar,
    files: [md5('https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz', 'c32a1d4ab5d03f1284b67883e8d87530')],
    form: 'numpy: x uint8 N x 32 x 32 x 3, y 0..9, or the binary version as it is had',
    places: ['cifar10_jpeg/cifar10.npz', 'cifar10.npz', 'cifar10/cifar-10-binary.tar.gz', 'cifar-10-binary.tar.gz'],
  },
  cifar100: {
    title: 'CIFAR-100 pictures',
    shape: '32 x 32 x 3; 50,000 to train on and 10,000 to test on',
    classes: 100,
    ...cifar,
    files: [md5('https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz', '03b5dce01913d631647c71ecec9e9cb8')],
    form: 'the binary version as it is had',
    places: ['cifar100/cifar-100-binary.tar.gz', 'cifar-100-binary.tar.gz'],
  },
  location30: {
    title: 'Location30: check-ins in Bangkok',
    shape: '446 features, 0 or 1; 5,010 records',
    classes: 30,
    ...shokri,
    files: [
      {
        name: 'dataset_location.tgz',
        url: `${SHOKRI}/dataset_location.tgz`,
        checksum: { kind: 'sha256', value: '927203f85a868f8ee17a0ded1dc61699efe602167beabe34fbf45b4b1de94b33' },
      },
    ],
    form: 'numpy: x uint8 N x 446, y 0..29, or the archive as it is had',
    places: ['location30/location30.npz', 'location30.npz', 'location30/dataset_location.tgz', 'dataset_location.tgz'],
  },
  purchase100: {
    title: "Purchase100: what a shop's customers bought",
    shape: '600 features, 0 or 1; 197,324 records',
    classes: 100,
    ...shokri,
    files: [
      {
        name: 'dataset_purchase.tgz',
        url: `${SHOKRI}/dataset_purchase.tgz`,
        checksum: { kind: 'git', value: '3efa7476ad5ed7ac3e558d28585a186b38fc5f19' },
      },
    ],
    form: 'the archive as it is had',
    places: ['purchase100/dataset_purchase.tgz', 'dataset_purchase.tgz'],
  },
  texas100: {
    title: 'Texas100: hospital stays',
    shape: '6,169 features, 0 or 1; 67,330 records',
    classes: 100,
    ...shokri,
    files: [
      {
        name: 'dataset_texas.tgz',
        url: `${SHOKRI}/dataset_texas.tgz`,
        checksum: { kind: 'git', value: '966f7ff40b24cf5912ff84759aab9adb8c25f30e' },
      },
    ],
    form: 'the archive as it is had',
    places: ['texas100/dataset_texas.tgz', 'dataset_texas.tgz'],
  },
};
