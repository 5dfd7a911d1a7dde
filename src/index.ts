// biome-ignore-all assist/source/organizeImports: the exports follow the story, not the alphabet

// wrong input
export { InputError } from './check';

// data
export * as data from './data';
export { readBatch, type WriteOptions, writeBatch } from './data/batchFile';
export type { Dataset } from './data/dataset';

// model
export { type MlpOptions, mlp } from './model/mlp';
export type { Initialiser } from './model/initialise';
export { type Activations, forward } from './model/forward';
export { loss } from './model/loss';
export { accuracy } from './model/accuracy';
export { type Training, type TrainOptions, train } from './model/sgd';
export { readModel, writeModel } from './model/modelFile';

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

// reconstruction
export {
  type Method,
  type Reconstruction,
  type RecoveredSample,
  recovered,
  type Status,
} from './reconstruction/result';

// verification
export type { Certificate } from './verification/certificate';

// shapes
export type * from './types';
