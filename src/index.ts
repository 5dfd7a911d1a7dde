// wrong input
export { InputError } from './check';

// data
export * as data from './data';
export { readBatch, type WriteOptions, writeBatch } from './data/batchFile';
export type { Dataset } from './data/dataset';
// gradient
export { type CaptureOptions, captureGradient } from './gradient/captureGradient';
export { checkGradient } from './gradient/checkGradient';
export {
  type FiniteDifferenceOptions,
  finiteDifference,
  finiteDifferenceAt,
  type WeightIndex,
} from './gradient/finiteDifference';
export { type ReadGradientOptions, readGradient, writeGradient } from './gradient/gradientFile';
// model
export { accuracy } from './model/accuracy';
export { type Activations, forward } from './model/forward';
export type { Initialiser } from './model/initialise';
export { loss } from './model/loss';
export { type MlpOptions, mlp } from './model/mlp';
export { readModel, writeModel } from './model/modelFile';
export { type Training, type TrainOptions, train } from './model/sgd';

// reconstruction
export {
  type Method,
  type Reconstruction,
  type RecoveredSample,
  recovered,
  type Status,
} from './reconstruction/result';
// shapes
export type * from './types';
// verification
export type { Certificate } from './verification/certificate';
