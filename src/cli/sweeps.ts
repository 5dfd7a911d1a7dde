import type { SweepCommand } from './sweep/command';
import { sweepBoundary } from './sweepBoundary';
import { sweepCompare } from './sweepCompare';
import { sweepConvolutions } from './sweepConvolutions';
import { sweepDefences } from './sweepDefences';
import { sweepFederated } from './sweepFederated';
import { sweepPhase } from './sweepPhase';
import { sweepRobustness } from './sweepRobustness';
import { sweepTraining } from './sweepTraining';

/** All sweeps there are. */
export const sweeps: readonly SweepCommand[] = [
  sweepPhase,
  sweepRobustness,
  sweepFederated,
  sweepTraining,
  sweepBoundary,
  sweepConvolutions,
  sweepDefences,
  sweepCompare,
];
