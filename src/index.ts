// Examples in doc comments are cells; test/examples.test.ts runs them. They take for granted what the README's cells make:
// `model`, `secret`, `gradient`, `found = reconstruct(model, gradient)`; `digits = await data.mnist()`; and `tf`,
// TensorFlow.js.

// data
export * as data from './data';
export { readBatch, type WriteOptions, writeBatch } from './data/batchFile';
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
export { readConvNet, writeConvNet } from './model/convNetFile';
export { readModel, writeModel } from './model/modelFile';
export { fromLayers } from './model/tensorflow/fromLayers';

// gradient: all that leaves the client
export { type CaptureOptions, captureGradient } from './gradient/captureGradient';
export { captureTensorflow, type TensorflowGradient } from './gradient/captureTensorflow';
export { checkGradient } from './gradient/checkGradient';
export {
  type FiniteDifferenceOptions,
  finiteDifference,
  finiteDifferenceAt,
  type WeightIndex,
} from './gradient/finiteDifference';
export {
  type ReadGradientOptions,
  readGradient,
  type WriteGradientOptions,
  writeGradient,
} from './gradient/gradientFile';
export { type LocalUpdateOptions, localUpdate } from './gradient/localUpdate';
export { readUpdate, type UpdateFiles } from './gradient/updateFile';

// exclusivity: the analyst's view, sees the batch
export { type ActivationPattern, activationPattern } from './exclusivity/activationPattern';
export { exans } from './exclusivity/exans';
export { type ExclusivityState, exclusivityState } from './exclusivity/exclusivityState';
export { expectedExans } from './exclusivity/expectedExans';
export { type SecurityBoundary, securityBoundary } from './exclusivity/securityBoundary';

// reconstruction: the attacker's view, sees model and gradient only
export { type ReconstructOptions, reconstruct } from './reconstruction/reconstruct';
export { type ReconstructAsyncOptions, reconstructAsync } from './reconstruction/reconstructAsync';
export { type ReconstructUpdateOptions, reconstructUpdate } from './reconstruction/reconstructUpdate';
export { type ReconstructUpdateAsyncOptions, reconstructUpdateAsync } from './reconstruction/reconstructUpdateAsync';
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

// baselines: rivals, whose answers are estimates, e.g. baselines.rowRatios
export * as baselines from './baselines';

// defences: what the client can do, e.g. defences.exclusivityReduction, defences.dpSgd
export * as defences from './defences';

// experiments: attacks and defences on equal terms, options to rows
export { type AttackUnderTest, attacks } from './experiments/attacks';
export { type AttackOutcome, attackOutcome, type SharedCase } from './experiments/attackOutcome';
export { type AttackComparisonOptions, attackComparison } from './experiments/attackComparison';
export { type ComparedOutcome, summedUp } from './experiments/comparedOutcome';
export {
  type Contestant,
  type ContestantName,
  contestants,
  type Guess,
  type Known,
  type Terms,
} from './experiments/contestants';
export type { ContestRow } from './experiments/contest';
export { type DefenceRow, evaluateDefences, type EvaluateDefencesOptions } from './experiments/evaluateDefences';
export { type DefendedTraining, trainDefended, type TrainDefendedOptions } from './experiments/trainDefended';
export { type ExanCountsOptions, type ExanCountsRow, exanCounts } from './experiments/exanCounts';
export { rightLabels } from './experiments/rightLabels';
export { type PhaseOptions, phaseDiagram } from './experiments/phaseDiagram';
export type { PhaseMethod, PhasePoint, PhaseTrial } from './experiments/phaseTrial';
export type { AttackCasesOptions } from './experiments/attackCases';
export { type Disturbance, type RobustnessRow, robustness } from './experiments/robustness';
export { type FederatedOptions, federatedSettings } from './experiments/federatedSettings';
export type { FederatedRow, FederatedSetting } from './experiments/federatedTrial';
export {
  type FederatedDefenceRow,
  type FederatedDefencesOptions,
  federatedDefences,
} from './experiments/federatedDefences';
export type { FederatedOutcome } from './experiments/federatedOutcome';
export { type ConvolutionalBoundaryOptions, convolutionalBoundary } from './experiments/convolutionalBoundary';
export { type BoundaryRow, largestBatches } from './experiments/largestBatches';
export type { BoundaryPoint, BoundaryTrial, GateOutcome } from './experiments/boundaryTrial';
export {
  type OverTrainingOptions,
  type OverTrainingRow,
  overTraining,
  type SharedPrecision,
} from './experiments/overTraining';

export {
  type ConvolutionalBatchesOptions,
  type ConvolutionalRow,
  convolutionalBatches,
} from './experiments/convolutionalBatches';
export {
  type ConvolutionalDefenceRow,
  type ConvolutionalDefencesOptions,
  convolutionalDefences,
} from './experiments/convolutionalDefences';
export type { ConvolutionalTrial } from './experiments/convolutionalTrial';

// viz: figures as data, e.g. viz.exanHeatmap, viz.imageGrid, viz.residualBars
export * as viz from './viz';
export type { Figure } from './viz/figure';

// notebook
export { show } from './notebook/show';
export type { ShowOptions } from './notebook/knownBundle';
export { type Bundle, type TableRow, table } from './notebook/table';
export { progress } from './notebook/progress';
export { watch } from './notebook/watch';
export { type FitCallbacks, watchFit } from './notebook/watchFit';

// shapes and errors
export type * from './types';
export { InputError } from './check';
