import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { sweepBoundary } from './sweepBoundary';
import { sweepConvolutions } from './sweepConvolutions';
import { sweepFederated } from './sweepFederated';
import { sweepPhase } from './sweepPhase';
import { sweepRobustness } from './sweepRobustness';
import { sweepTraining } from './sweepTraining';

/** `exan sweep`: an experiment over many settings, as rows and a figure. */
export const sweep: CommandUnknownOpts = new Command('sweep')
  .description('an experiment over many settings, as rows and a figure')
  .addCommand(sweepPhase)
  .addCommand(sweepRobustness)
  .addCommand(sweepFederated)
  .addCommand(sweepTraining)
  .addCommand(sweepBoundary)
  .addCommand(sweepConvolutions);
