// datasets: `data.mnist()` and the like

// shapes
export type { Dataset } from './dataset';
// how batches are drawn
export { type DrawOptions, draw } from './draw';
// from a data folder
export { cifar10, dataFolders, isic, location30, retina } from './folder';
// embedded
export { mnist } from './mnist';
// synthetic
export { type GaussianOptions, gaussian, type SyntheticOptions, type UniformOptions, uniform } from './synthetic';
