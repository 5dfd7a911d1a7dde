// biome-ignore-all assist/source/organizeImports: the exports follow the story, not the alphabet

// shapes
export type { Dataset } from './dataset';

// embedded
export { mnist } from './mnist';

// synthetic
export { type GaussianOptions, gaussian, type SyntheticOptions, type UniformOptions, uniform } from './synthetic';

// from a data folder
export { cifar10, dataFolders, faces, isic, location30, retina } from './folder';

// how batches are drawn
export { type DrawOptions, draw } from './draw';

// pictures for convolutional networks
export { channelsFirst, channelsLast } from './channels';
export { atSide } from './atSide';
