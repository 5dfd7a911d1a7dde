// biome-ignore-all assist/source/organizeImports: the exports follow the story, not the alphabet

export type { Ended, Estimate, LossPoint, RivalOptions, SizedOptions, Told } from './estimate';

// read directly
export { type RowRatioOptions, rowRatios } from './rowRatios';

export { type InferLabelsOptions, inferLabels } from './inferLabels';

// by optimising a guess until its gradient matches
export { type DlgOptions, dlg } from './dlg';
export {
  type FeatureInversionOptions,
  type FeaturesInverted,
  type FeatureState,
  featureInversion,
} from './featureInversion';
export type { HeadFeatures } from './headFeatures';
export { type IdlgOptions, idlg } from './idlg';
export { type InvertingGradientsOptions, invertingGradients } from './invertingGradients';
export type { PictureOptions, SearchOptions } from './matchingOptions';
export type { Optimised, SearchState } from './search';

// by algebra and statistics
export { type CocktailPartyOptions, cocktailParty } from './cocktailParty';
export { type DictionaryOptions, dictionary } from './dictionary';
export { type LtPeelingOptions, ltPeeling } from './ltPeeling';
export { rgap } from './rgap';
export { type SpearOptions, spear } from './spear';
export type { UnmixingWeights } from './unmixing/unmixingLoss';
