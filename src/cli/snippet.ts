import { Argument, Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { print } from './options';
import { flower } from './snippets/flower';
import { pytorch } from './snippets/pytorch';

const snippets = { pytorch, flower };

/** `exan snippet pytorch|flower`: Python to copy into a training loop; its tests run it and audit what it saves. */
export const snippet: CommandUnknownOpts = new Command('snippet')
  .description(
    'Python that saves what a client shares, so that exan audit reads it: exan snippet pytorch > exan_save.py',
  )
  .addArgument(
    new Argument('<framework>', 'pytorch: model and gradient, or update; flower: one round, every client').choices([
      'pytorch',
      'flower',
    ] as const),
  )
  .addHelpText('after', '\nExample:\n  npx exan snippet pytorch > exan_save.py')
  .action((framework) => print(snippets[framework]));
