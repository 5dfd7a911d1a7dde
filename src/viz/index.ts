/** Rows to figures: plain `{ data, layout }` objects for plotly. */
export { attackComparison, attackHistory, type ComparedAttack } from './attackComparison';
export { type BoundaryCell, convolutionalBoundary } from './convolutionalBoundary';
export { type ExanCountsPoint, exanCounts } from './exanCounts';
export { exanHeatmap } from './exanHeatmap';
export { type ExclusivityMap, exclusivityMap, exclusivityMime } from './exclusivityMap';
export { type FederatedCell, federatedSettings } from './federatedSettings';
export { colorway, type Figure, type Layout, type Trace } from './figure';
export { type FigureRow, figureTable } from './figureTable';
export { type ImageGridOptions, imageGrid } from './imageGrid';
export { type OverTrainingPoint, overTraining } from './overTraining';
export { type PhaseRow, phaseDiagram } from './phaseDiagram';
export { png } from './png';
export { type DefencePoint, privacyUtility } from './privacyUtility';
export { type PictureRow, recoveredPictures } from './recoveredPictures';
export { residualBars } from './residualBars';
export { type RobustnessPoint, robustness } from './robustness';
export { type StaticPicture, staticPicture } from './staticPicture';
export { type EpochLogs, trainingCurve } from './trainingCurve';
