import { join } from 'node:path';
import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { check, shown } from '../check';
import { writeBatch } from '../data/batchFile';
import { makeFolder } from '../data/files';
import { checkGradient } from '../gradient/checkGradient';
import { readGradient } from '../gradient/gradientFile';
import { onlySgd } from '../gradient/localUpdate';
import { readUpdate } from '../gradient/updateFile';
import { readConvNet } from '../model/convNetFile';
import { readModel } from '../model/modelFile';
import { type ReconstructAsyncOptions, reconstructAsync } from '../reconstruction/reconstruct';
import { reconstructUpdateAsync } from '../reconstruction/reconstructUpdate';
import type { Reconstruction } from '../reconstruction/result';
import type { Reduction, ToldTraining } from '../types';
import { commandWithJson, count, positive, print, share, workers } from './options';
import { type Report, recoveredOrNone, reportOf, reportOfUpdate } from './report';
import { reportText } from './reportText';
import { watchTerminal } from './watchTerminal';

/**
 * `exan audit`: the attacker's view on files from elsewhere. Reads a model and a gradient, or the model after
 * some local steps, as PyTorch names them, attacks, certifies, and with --out writes the recovered samples.
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
  .option('--seconds <n>', 'limit of the search', count, 60)
  .addOption(workers())
  .option('--out <folder>', 'gets reconstruction.safetensors: inputs and labels')
  .action(async (values) => {
    const attack = { ...watchTerminal(), seconds: values.seconds, workers: values.workers };
    const audited = shared(values) === 'gradient' ? ofGradient(values, attack) : ofUpdate(values, attack);
    if (values.out !== undefined) makeFolder('exan audit', values.out);
    const { report, found } = await audited;
    const batch = recoveredOrNone(found);
    let saved = '';
    if (values.out !== undefined && batch) {
      const path = join(values.out, 'reconstruction.safetensors');
      writeBatch(path, batch);
      saved = `\nrecovered samples: ${path}\n`;
    }
    print(values.json ? `${JSON.stringify(report)}\n` : reportText(report) + saved);
  });

interface Values {
  readonly model: string;
  readonly gradient?: string;
  readonly after?: string;
  readonly update?: string;
  readonly rate?: number;
  readonly steps?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly momentum?: number;
  readonly optimiser?: string;
  readonly architecture?: string;
  readonly reduction: Reduction;
  readonly length: 'solve' | 'paper';
  readonly scale: number;
}

interface Audited {
  readonly report: Report;
  readonly found: Reconstruction;
}

type Attack = Pick<ReconstructAsyncOptions, 'seconds' | 'workers' | 'signal' | 'onProgress'>;

/** Which of the three ways to share there is: one. */
function shared(values: Values): 'gradient' | 'after' | 'update' {
  const given = (['gradient', 'after', 'update'] as const).filter((name) => values[name] !== undefined);
  const [only] = given;
  check(
    given.length === 1 && only !== undefined,
    () => `exan audit: got ${given.length} of --gradient, --after and --update, expected one of them`,
  );
  const steps = (['rate', 'steps', 'epochs', 'batch', 'momentum', 'optimiser'] as const).find(
    (name) => values[name] !== undefined,
  );
  check(
    only !== 'gradient' || steps === undefined,
    () => `exan audit: --${steps} belongs to the local steps of --after or --update, and there is a --gradient`,
  );
  return only;
}

async function ofGradient(
  { architecture, reduction, length, scale, ...values }: Values,
  attack: Attack,
): Promise<Audited> {
  const model = architecture === undefined ? readModel(values.model) : readConvNet(values.model, architecture);
  const files = architecture === undefined ? {} : { architecture, model: values.model };
  const gradient = readGradient(values.gradient ?? '', { reduction, ...files });
  checkGradient(model, gradient, 'exan audit');
  const found = await reconstructAsync(model, gradient, { ...attack, length, scale });
  return { report: reportOf(model, gradient, found), found };
}

async function ofUpdate(values: Values, attack: Attack): Promise<Audited> {
  const { model: before, after, update: difference } = values;
  const files = { before, ...(after !== undefined && { after }), ...(difference !== undefined && { difference }) };
  const update = readUpdate(files, trainingOf(values));
  const found = await reconstructUpdateAsync(update, attack);
  return { report: reportOfUpdate(update, found), found };
}

/** The client's steps as far as the options say them: what does not apply is refused. */
function trainingOf(values: Values): ToldTraining {
  const { rate, steps, epochs, batch, momentum, optimiser, architecture, reduction, length, scale } = values;
  check(
    optimiser === undefined || optimiser === 'sgd',
    () => `exan audit: --optimiser is ${shown(optimiser ?? '')}, ${onlySgd}`,
  );
  check(
    steps === undefined || (epochs === undefined && batch === undefined),
    () => 'exan audit: expected either --steps, on the whole local batch, or --epochs and --batch, in mini-batches',
  );
  check(
    architecture === undefined && reduction === 'mean' && length === 'solve' && scale === 1,
    () => 'exan audit: --architecture, --reduction, --length and --scale belong to a gradient, not to local steps',
  );
  const passes = steps ?? epochs;
  return {
    ...(rate !== undefined && { rate }),
    ...(passes !== undefined && { epochs: passes }),
    ...(epochs !== undefined && { batchSize: batch ?? ('unknown' as const) }),
    ...(batch !== undefined && { batchSize: batch }),
    ...(momentum !== undefined && { momentum }),
  };
}
