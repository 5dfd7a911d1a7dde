#!/usr/bin/env node
import { InputError } from '../check';
import { audit } from './audit';
import { defend } from './defend';
import { demo } from './demo';
import { exposureCommand, witnessCommand } from './exposure';
import { installCommand } from './install';
import { sweep } from './sweep';

const help = `exan: what can be read back of a batch from the averaged gradient that a client shares

exan demo  [--data mnist|cifar10|retina|isic|location30|gaussian|uniform] [--size 8] [--widths 784,512,10] [--seed 1] [--workers N] [--json]
    draw a batch, capture its gradient, attack it, compare with the truth
exan audit --model M.safetensors --gradient G.safetensors [--reduction mean|sum] [--scale solve|paper] [--seconds 60] [--workers N] [--out DIR] [--json]
    the attacker's view on files from elsewhere; DIR/reconstruction.safetensors gets inputs and labels
exan exposure [--data … --size 8 --widths … --seed 1 | --model M.safetensors --batch B.safetensors] [--json]
    the analyst's view before any attack: which samples the gradient would give away, and why
exan witness  [the same] [--bounds 0,1] [--out DIR] [--json]
    a second batch with the same gradient, or why there is none; DIR/witness.safetensors gets inputs and labels
exan defend --evaluate [--data … --size 8 --widths … --seed 1] [--seeds 3] [--steps 40] [--out out/defences] [--json]
    the defences that people use, and the paper's, against each attack: exposure, samples recovered, accuracy
exan sweep phase [--sizes 2,4,8,…] [--widths 512] [--depths 1] [--seeds 5] [--workers N] [--out out/phase] [--json]
    success rates over batch size and network; goes on where a stopped run ended
exan sweep robustness [--data … --size 8 --widths … --seed 1] [--seeds 3] [--noise 1e-12,…,0.1] [--prune 0.5,0.9,0.99] [--out out/robustness] [--json]
    how much noise, rounding (fp16, int8) and pruning of the gradient each attack survives
exan sweep federated [the same without levels] [--steps 1,2,5] [--clients 1,2] [--rate 0.1] [--out out/federated] [--json]
    what each attack still finds in FedAvg updates: several local steps, several clients
exan install | uninstall [--user | --sys-prefix | --prefix P]
    the Jupyter kernel "ExAN (TypeScript)" and the lab extension exan-lab

exit code: 0 when the command ran, 2 for bad input
`;

const commands: Record<string, (args: readonly string[]) => { text: string } | Promise<{ text: string }>> = {
  audit,
  demo,
  exposure: exposureCommand,
  witness: witnessCommand,
  defend,
  sweep,
  install: (args) => installCommand('install', args),
  uninstall: (args) => installCommand('uninstall', args),
};

/** Runs one command; only results go to stdout, so that `--json` can be piped. */
async function main([name = '--help', ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help);
    return 0;
  }
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new InputError(`exan: no command '${name}', expected ${Object.keys(commands).join(', ')}`);
    process.stdout.write((await command(args)).text);
    return 0;
  } catch (error) {
    if (!isBadInput(error)) throw error;
    process.stderr.write(`${(error as Error).message.split('\n').join(' ')}\n`);
    return 2;
  }
}

/** What the caller can correct: our own input errors, and files that cannot be opened or written. */
function isBadInput(error: unknown): boolean {
  return error instanceof InputError || (error instanceof Error && 'syscall' in error);
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
