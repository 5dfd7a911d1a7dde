import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { InputError } from '../check';

/**
 * `exan lab`: the notebooks in JupyterLab, as `npm run lab` opens them in a checkout. An installed package makes a Python environment in the
 * user's cache the first time, and copies its notebooks into ./exan-notebooks.
 */
export const lab: CommandUnknownOpts = new Command('lab')
  .description(
    'the notebooks in JupyterLab, on this machine only; makes what that needs the first time (Python 3.10 or later)',
  )
  .argument('[options...]', 'for JupyterLab, after --: exan lab -- --no-browser')
  .action(async (options) => {
    const script = join(__dirname, '..', '..', 'notebooks', 'lab.mjs');
    if (!existsSync(script)) throw new InputError(`exan lab: ${script} is missing; install the whole package`);
    const child = spawn(process.execPath, [script, ...options], { stdio: 'inherit' });
    // Ctrl-C reaches both; this one waits until JupyterLab has ended
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    process.exitCode = await new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
  });
