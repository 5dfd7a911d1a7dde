// biome-ignore-all assist/source/organizeImports: the exports follow the story, not the alphabet

// shapes
export type { Column, Dataset } from './dataset';

// synthetic
export { type GaussianOptions, gaussian, type SyntheticOptions, type UniformOptions, uniform } from './synthetic';

// your own
export { type ArrayOptions, fromArrays } from './fromArrays';

// how batches are drawn
export { type DrawOptions, draw } from './draw';

// pictures for convolutional networks
export { channelsFirst, channelsLast } from './channels';
export { atSide } from './atSide';
