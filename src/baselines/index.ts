// biome-ignore-all assist/source/organizeImports: the exports follow the story, not the alphabet

export type { Ended, Estimate, LossPoint, RivalOptions, SizedOptions, Told } from './estimate';

// read directly
export { type RowRatioOptions, rowRatios } from './rowRatios';
