import { attackComparison, attackHistory, privacyUtility, robustness } from './attacks';
import type { FigureEntry } from './entry';
import { exanHeatmap, imageGrid, recoveredPictures, residualBars } from './pictures';
import {
  convolutionalBoundary,
  exanCounts,
  federatedSettings,
  overTraining,
  phaseDiagram,
  trainingCurve,
} from './sweeps';

export type { FigureEntry, FigureOrder } from './entry';

/** Every figure of `viz`, by name, each made small from the embedded digits. */
export const figures: Readonly<Record<string, FigureEntry>> = {
  imageGrid,
  residualBars,
  exanHeatmap,
  exanCounts,
  recoveredPictures,
  phaseDiagram,
  attackComparison,
  attackHistory,
  robustness,
  privacyUtility,
  overTraining,
  trainingCurve,
  federatedSettings,
  convolutionalBoundary,
};
