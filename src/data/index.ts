// biome-ignore-all assist/source/organizeImports: the exports follow the story, not the alphabet

// shapes
export type { Column, Dataset } from './dataset';
export type { About, PublishedFile } from './about';

// embedded
export { mnist } from './mnist';

// synthetic
export { type GaussianOptions, gaussian, type SyntheticOptions, type UniformOptions, uniform } from './synthetic';

// from a data folder
export {
  cifar10,
  cifar100,
  faces,
  fashionMnist,
  isic,
  location30,
  purchase100,
  retina,
  type SplitOptions,
  texas100,
} from './folder';
export { medMnist, type MedMnistName } from './medmnist';
export { dataFolders } from './locate';
export { type CatalogueEntry, catalogue } from './catalogue';

// your own
export type { ReadOptions } from './limits';
export { type FileOptions, fromFile } from './fromFile';
export { type ArrayOptions, fromArrays } from './fromArrays';
export { fromNpz, fromMedMnist, type MedMnistOptions, type NpzOptions } from './fromNpz';
export { type CsvOptions, fromCsv } from './fromCsv';
export { fromFeatures } from './fromFeatures';
export { fromIdx } from './idx';
export { type CifarOptions, fromCifar } from './cifar';
export { fromPictures, type PictureOptions } from './pictureFolder';
export { writeNpz } from './writeNpz';

// how batches are drawn
export { type DrawOptions, draw } from './draw';

// pictures for convolutional networks
export { channelsFirst, channelsLast } from './channels';
export { atSide } from './atSide';
