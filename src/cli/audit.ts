import { join } from 'node:path';
import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { writeBatch } from '../data/batchFile';
import { makeFolder } from '../data/files';
import { recoveredOrNone } from '../report/finding';
import { fullReport } from '../report/report';
import { reportText } from '../report/reportText';
import { auditFiles } from './auditFiles';
import { commandWithJson, count, positive, print, share, workers } from './options';
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
    if (values.out !== undefined) makeFolder('exan audit', values.out);
    const evidence = await auditFiles(values, { ...watchTerminal(), seconds: values.seconds, workers: values.workers });
    const report = fullReport(evidence);
    const batch = recoveredOrNone(evidence.certified.found);
    let saved = '';
    if (values.out !== undefined && batch) {
      const path = join(values.out, 'reconstruction.safetensors');
      writeBatch(path, batch);
      saved = `\nrecovered samples: ${path}\n`;
    }
    print(values.json ? `${JSON.stringify(report)}\n` : reportText(report) + saved);
  });
