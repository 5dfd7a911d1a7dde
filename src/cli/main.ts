#!/usr/bin/env node
import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { InputError } from '../check';
import { audit } from './audit';
import { compare } from './compare';
import { dataCommand } from './data';
import { defend } from './defend';
import { demo } from './demo';
import { addExamples } from './examples';
import { exposureCommand, witnessCommand } from './exposure';
import { figure } from './figure';
import { install, uninstall } from './install';
import { lab } from './lab';
import { snippet } from './snippet';
import { sweep } from './sweep';
import { version } from './version';
import { worker } from './worker';

const commands = [
  demo,
  audit,
  snippet,
  dataCommand,
  exposureCommand,
  witnessCommand,
  defend,
  compare,
  sweep,
  worker,
  figure,
  lab,
  install,
  uninstall,
];
const program: CommandUnknownOpts = new Command('exan')
  .description('what can be read back of a batch from the averaged gradient that a client shares')
  .version(version())
  .addHelpText(
    'after',
    '\nResults go to standard output, progress to standard error.\nExit code: 0 when the command ran, 1 where it found what --fail-on names, 2 for bad input.',
  );
for (const command of commands) program.addCommand(command);
addExamples(program);
refuseInOneLine(program, 'exan');

/** What commander finds wrong becomes an InputError that names the command and where to read more. */
function refuseInOneLine(command: CommandUnknownOpts, name: string): void {
  command.configureOutput({ outputError: () => undefined }).exitOverride((error) => {
    if (error.exitCode === 0 || error.code === 'commander.help') throw error;
    const wrong = error.message.replace(/^error: /, '').replace(/\.$/, '');
    throw new InputError(`${name}: ${wrong}${expected(command, error)}; see ${name} --help`);
  });
  for (const sub of command.commands) refuseInOneLine(sub, `${name} ${sub.name()}`);
}

/** What commander leaves out: the commands there are, and the misspelt option in place of which one is missing. */
function expected({ commands, args }: CommandUnknownOpts, { code }: CommanderError): string {
  if (code === 'commander.unknownCommand') return `, expected ${commands.map((sub) => sub.name()).join(', ')}`;
  const unknown = args.filter((arg) => arg.startsWith('-'));
  return code === 'commander.missingMandatoryOptionValue' && unknown.length > 0 ? `, got ${unknown.join(' ')}` : '';
}

/** Runs one command; only results go to stdout, so that `--json` can be piped. */
async function main(args: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
    return Number(process.exitCode ?? 0); // a command may have found what it was asked to fail on
  } catch (error) {
    // help and version end with 0, help instead of a missing command does not
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!isBadInput(error)) throw error;
    process.stderr.write(`${withRemedy(error as Error)}\n`);
    return 2;
  }
}

/** The message in one line, and below it the lines that mend it. */
function withRemedy({ message, remedy = [] }: Error & { readonly remedy?: readonly string[] }): string {
  const [first = message] = remedy.length > 0 ? message.split(`\n  ${remedy[0]}`) : [];
  return [oneLine(first), ...remedy.map((line) => `  ${oneLine(line)}`)].join('\n');
}

/** Names in a file from elsewhere may hold anything: what reaches the terminal is one line of bounded length without control characters. */
function oneLine(message: string): string {
  const plain = message.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return plain.length > 2000 ? `${plain.slice(0, 2000)} …` : plain;
}

/** What the caller can correct: our own input errors, those of the installer, and files that cannot be opened or written. */
function isBadInput(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof InputError || error.constructor.name === 'InstallError' || 'syscall' in error;
}

// whoever reads a pipe may stop when it has seen enough; a file may be on a disk that is full
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(0);
  process.stderr.write(`exan: standard output cannot be written (${message}); free some space, or send it elsewhere\n`);
  process.exit(2);
});
// progress that cannot be shown is no reason to lose a result
process.stderr.on('error', () => undefined);
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
