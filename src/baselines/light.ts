// The rivals that need neither TensorFlow.js nor a solver: for the browser's entry.
export type { Estimate } from './estimate';
export { type RowRatioOptions, rowRatios } from './rowRatios';
