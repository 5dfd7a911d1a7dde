// biome-ignore-all assist/source/organizeImports: the exports follow the story, not the alphabet

// exclusivity reduction in three forms, and its converse
export { composeBatch, type ComposeOptions } from './composeBatch';
export { exclusivityReduction, type ReductionOptions } from './exclusivityReduction';
export { maskExclusiveRows } from './maskExclusiveRows';
export { exclusivityInduction, type InductionOptions } from './exclusivityInduction';
export { type PatternChange, type Perturbed, type PerturbOptions, perturbPatterns } from './perturbPatterns';

// what people use
export { dpSgd, type DpSgdOptions } from './dpSgd';
export { epsilon, type AccountantOptions } from './accountant';
export { reconstructionBound, type ReconstructionBoundOptions } from './reconstructionBound';
export { prune } from './prune';
export { quantise, type Rounding } from './quantise';
export { enlargeBatch } from './enlargeBatch';
export { dropout } from './dropout';
export { maskFirstLayer } from './maskFirstLayer';
export { withholdLayers } from './withholdLayers';

// of updates of several local steps
export { averageUpdates } from './averageUpdates';
export { clipUpdate, type ClipUpdateOptions } from './clipUpdate';
export { serverMomentum } from './serverMomentum';

// all of them as one shape, each at a strength
export { type Defence, defence, noDefence } from './defence';
