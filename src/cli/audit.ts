import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { check } from '../check';
import { auditOnce, lineOf, type OnceValues, textOf } from './auditOnce';
import { shapeOf } from './auditOutput';
import { auditWatch, type WatchValues } from './auditWatch';
import { bounds, commandWithJson, count, positive, print, share, workers } from './options';
import { watchTerminal } from './watchTerminal';

const examples = `
Example:
  exan audit --model model.safetensors --gradient gradient.safetensors --shape 28x28 --out out/audit

  exan audit --model model.safetensors --watch updates --out out/audits --json

Exit code: 0 when the audit ran, whatever it found; 1 with --fail-on exposed where any sample can be read;
2 for bad input, and where an update that was watched for could not be read. A 0 is no promise: "not recovered" is not "safe".`;

/**
 * `exan audit`: the attacker's view on files from elsewhere. Reads a model and a gradient, or the model after
 * some local steps, as PyTorch names them, attacks, certifies, and with --out writes a report and what was read.
 */
export const audit: CommandUnknownOpts = commandWithJson('audit', "the attacker's view on files from elsewhere")
  .requiredOption('--model <file>', 'network: safetensors with the names of a PyTorch state_dict')
  .option('--gradient <file>', 'averaged gradient, with the same names')
  .option('--after <file>', 'instead of a gradient: the network after some local steps of SGD (FedAvg)')
  .option('--update <file>', 'the same as a difference, after minus before')
  .option(
    '--rate <x>',
    'learning rate of the local steps; this and the next three are inferred where not given',
    positive,
  )
  .option('--steps <n>', 'local steps on the whole local batch', count)
  .option('--epochs <n>', 'or passes over it in mini-batches', count)
  .option('--batch <n>', 'samples of a mini-batch', count)
  .option('--momentum <x>', 'of the local steps, as in torch.optim.SGD; not inferred', share)
  .option('--optimiser <name>', 'of the local steps: sgd (the default), with or without momentum')
  .option(
    '--architecture <file>',
    'modules of a network with convolutions, as JSON: { "input": [3, 32, 32], "layers": [{ "type": "Conv2d", … }, …] }',
  )
  .addOption(
    new Option('--reduction <how>', 'of the loss over the batch')
      .choices(['mean', 'sum'] as const)
      .default('mean' as const),
  )
  .addOption(
    new Option('--length <how>', "of samples in networks without biases: solved, or the paper's 2/3 rule")
      .choices(['solve', 'paper'] as const)
      .default('solve' as const),
  )
  .option('--scale <number>', 'what the gradient was multiplied by, e.g. a learning rate', positive, 1)
  .option(
    '--box <low,high>',
    'between which all inputs lie, as an attacker may guess: 0,1 for pixels; the report names it',
    bounds,
  )
  .option('--seconds <n>', 'limit of the search', count, 60)
  .addOption(workers())
  .option(
    '--shape <size>',
    'of samples that are pictures, as their values are flattened: 28x28, 32x32x3, 3x32x32 (default: as the architecture has it)',
    shapeOf,
  )
  .option(
    '--columns <file>',
    'of samples that are records of a table: names, scaling, steps and categories, as JSON { "columns": [{ "name": "age", "mean": 38.6, "scale": 13.6, "step": 1 }, …] }',
  )
  .option(
    '--out <folder>',
    'gets report.html, report.json, reconstruction.safetensors (inputs and labels), estimates.safetensors',
  )
  .addOption(
    new Option('--fail-on <what>', 'exit code 1 where any sample can be read, proven or not: for CI').choices([
      'exposed',
    ] as const),
  )
  .option('--watch <folder>', 'instead of one file: audits every update that arrives there, until Ctrl-C')
  .addOption(
    new Option(
      '--watched <kind>',
      'what arrives there: gradients (the default), networks after local steps, or differences',
    ).choices(['gradient', 'after', 'update'] as const),
  )
  .option('--updates <n>', 'ends --watch after this many', count)
  .addHelpText('after', examples)
  .action((values) => (values.watch === undefined ? single(values) : watched({ ...values, watch: values.watch })));

type Output = { readonly json?: true | undefined; readonly failOn?: 'exposed' | undefined };

async function single(values: OnceValues & Output & Pick<Partial<WatchValues>, 'watched' | 'updates'>): Promise<void> {
  check(
    values.watched === undefined && values.updates === undefined,
    () => 'exan audit: --watched and --updates belong to --watch, and there is none',
  );
  const audited = await auditOnce(values, watchTerminal());
  print(values.json ? `${JSON.stringify(audited.report)}\n` : textOf(audited));
  if (values.failOn === 'exposed' && audited.report.exposed) process.exitCode = 1;
}

async function watched(values: WatchValues & Output): Promise<void> {
  check(
    [values.gradient, values.after, values.update].every((v) => v === undefined),
    () =>
      'exan audit: --watch takes the place of --gradient, --after and --update; --watched says which of them arrive',
  );
  let [exposed, refused] = [false, false];
  await auditWatch(values, watchTerminal(), {
    audited(name, audited) {
      exposed ||= audited.report.exposed;
      print(values.json ? `${JSON.stringify(audited.report)}\n` : lineOf(name, audited));
    },
    refused(message) {
      refused = true;
      process.stderr.write(`${message}\n`);
    },
  });
  if (refused) process.exitCode = 2;
  if (values.failOn === 'exposed' && exposed) process.exitCode = 1;
}
