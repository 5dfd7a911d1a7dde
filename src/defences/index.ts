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
export { prune } from './prune';
export { quantise, type Rounding } from './quantise';
export { enlargeBatch } from './enlargeBatch';
export { dropout } from './dropout';
export { maskFirstLayer } from './maskFirstLayer';

// on equal terms
export { type Defence, defence, noDefence } from './defence';
export {
  type AttackUnderTest,
  adaptiveAttack,
  exactAttack,
  noisyPursuitAttack,
  pursuitAttack,
  rowRatioAttack,
} from './attackUnderTest';
export { type DefendedTraining, trainDefended } from './trainDefended';
export { type AttackOutcome, attackOutcome } from './attackOutcome';
export { type DefenceRow, evaluate, type EvaluateOptions } from './evaluate';
