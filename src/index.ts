// model

export { InputError } from './check';
// exclusivity (the analyst's view: sees the batch)
export { type ActivationPattern, activationPattern } from './exclusivity/activationPattern';
export { exans } from './exclusivity/exans';
export { type ExclusivityState, exclusivityState } from './exclusivity/exclusivityState';
export { expectedExans } from './exclusivity/expectedExans';
export { type SecurityBoundary, securityBoundary } from './exclusivity/securityBoundary';
// gradient
export { type CaptureOptions, captureGradient } from './gradient/captureGradient';
export { type Activations, forward } from './model/forward';
export type { Initialiser } from './model/initialise';
export { type MlpOptions, mlp } from './model/mlp';
// notebook
export { progress } from './notebook/progress';
export { show } from './notebook/show';
export { type Bundle, type TableRow, table } from './notebook/table';
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
// figures: viz.exanHeatmap, viz.imageGrid, viz.residualBars
export * as viz from './viz';
export type { Figure } from './viz/figure';
