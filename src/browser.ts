// What works without Node: the `browser` entry of the package. Names and order are those of index.ts; what is missing reads or
// writes files, starts threads, or needs a notebook. `reconstructAsync` searches in the thread that calls it, which should be a
// Web Worker, and hears a signal between two turns.

// data
export * as data from './data/inMemory';
export type { Dataset } from './data/dataset';

// model
export { type MlpOptions, mlp, mlpOf } from './model/mlp';
export { type ConvNetOptions, type ConvStep, convNet } from './model/convNet';
export { convNetOf } from './model/convNetOf';
export { outputShape } from './model/layers/planes';
export {
  type DlgLenetOptions,
  dlgLenet,
  type LenetOptions,
  lenet,
  type Vgg13Options,
  vgg13,
} from './model/victims';
export type { ConvInitialiser } from './model/initialiseConv';
export type { Initialiser } from './model/initialise';
export { type Activations, forward } from './model/forward';
export { loss } from './model/loss';
export { accuracy } from './model/accuracy';
export { type Training, type TrainOptions, train } from './model/sgd';
export { fromLayers } from './model/tensorflow/fromLayers';

// gradient: all that leaves the client
export { type CaptureOptions, captureGradient } from './gradient/captureGradient';
export { checkGradient } from './gradient/checkGradient';
export {
  type FiniteDifferenceOptions,
  finiteDifference,
  finiteDifferenceAt,
  type WeightIndex,
} from './gradient/finiteDifference';
export { type LocalUpdateOptions, localUpdate } from './gradient/localUpdate';

// exclusivity: the analyst's view, sees the batch
export { type ActivationPattern, activationPattern } from './exclusivity/activationPattern';
export { exans } from './exclusivity/exans';
export { type ExclusivityState, exclusivityState } from './exclusivity/exclusivityState';
export { expectedExans } from './exclusivity/expectedExans';
export { type SecurityBoundary, securityBoundary } from './exclusivity/securityBoundary';

// reconstruction: the attacker's view, sees model and gradient only
export { type ReconstructOptions, reconstruct } from './reconstruction/reconstruct';
export { type ReconstructUpdateOptions, reconstructUpdate } from './reconstruction/reconstructUpdate';
export { reconstructAsync, reconstructUpdateAsync } from './reconstruction/inTurns';
export {
  hasInput,
  type Method,
  type Reconstruction,
  type RecoveredSample,
  recovered,
  type Status,
} from './reconstruction/result';

// verification: proof without the truth, comparison with it
export { type Certificate, certify } from './verification/certificate/certify';
export { certifyUpdate, type StepsTaken } from './verification/certificate/certifyUpdate';
export { type MatchedPair, matchBatches } from './verification/certificate/matchBatches';
export { type Score, type ScoredPair, score } from './verification/certificate/score';
export { ssim } from './verification/certificate/ssim';
export { type Conditioning, conditioning } from './verification/identifiability/conditioning';
export type { ConvExposure, Gate } from './verification/identifiability/convExposure';
export { type CountingLimit, countingLimits } from './verification/identifiability/countingLimits';
export { type Exposure, exposure, type SampleExposure, type Verdict } from './verification/identifiability/exposure';
export { type Identifiability, identifiability } from './verification/identifiability/identifiability';
export {
  type LocalIdentifiability,
  type LocalIdentifiabilityOptions,
  localIdentifiability,
} from './verification/identifiability/localIdentifiability';
export type { UpdateExposure, UpdateSampleExposure } from './verification/identifiability/updateExposure';
export { type Witness, type WitnessOptions, witness } from './verification/witness/witness';

// baselines: of the rivals the one that needs nothing else, baselines.rowRatios
export * as baselines from './baselines/light';

// defences: what the client can do; the one that perturbs inputs loads npm `highs` when it is called
export * as defences from './defences';

// experiments: those that need no threads
export { type ExanCountsOptions, type ExanCountsRow, exanCounts } from './experiments/exanCounts';
export { rightLabels } from './experiments/rightLabels';

// viz: figures as data, viz.staticPicture draws them
export * as viz from './viz';
export type { Figure } from './viz/figure';

// shapes and errors
export type * from './types';
export { InputError } from './check';
