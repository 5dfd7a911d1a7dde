import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { mergeCommand } from './sweep/merge';
import { scriptCommand } from './sweep/script';
import { sweeps } from './sweeps';

/** `exan sweep`: an experiment over many settings, as rows and a figure. */
export const sweep: CommandUnknownOpts = sweeps
  .reduce<CommandUnknownOpts>(
    (group, { command }) => group.addCommand(command),
    new Command('sweep')
      .description('an experiment over many settings, as rows and a figure; on many machines: docs/sweeps.md')
      .enablePositionalOptions(),
  )
  .addCommand(mergeCommand)
  .addCommand(scriptCommand);
