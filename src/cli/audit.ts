import { join } from 'node:path';
import { type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { writeBatch } from '../data/batchFile';
import { makeFolder } from '../data/files';
import { checkGradient } from '../gradient/checkGradient';
import { readGradient } from '../gradient/gradientFile';
import { readConvNet } from '../model/convNetFile';
import { readModel } from '../model/modelFile';
import { reconstructAsync } from '../reconstruction/reconstruct';
import { commandWithJson, count, positive, print, workers } from './options';
import { recoveredOrNone, reportOf } from './report';
import { reportText } from './reportText';
import { watchTerminal } from './watchTerminal';

/**
 * `exan audit`: the attacker's view on files from elsewhere. Reads a model and a gradient as PyTorch names them, attacks,
 * certifies, and with --out writes the recovered samples.
 */
export const audit: CommandUnknownOpts = commandWithJson('audit', "the attacker's view on files from elsewhere")
  .requiredOption('--model <file>', 'network: safetensors with the names of a PyTorch state_dict')
  .requiredOption('--gradient <file>', 'averaged gradient, with the same names')
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
    const { architecture, reduction } = values;
    const model = architecture === undefined ? readModel(values.model) : readConvNet(values.model, architecture);
    const files = architecture === undefined ? {} : { architecture, model: values.model };
    const gradient = readGradient(values.gradient, { reduction, ...files });
    checkGradient(model, gradient, 'exan audit');
    if (values.out !== undefined) makeFolder('exan audit', values.out);
    const { length, scale, seconds } = values;
    const found = await reconstructAsync(model, gradient, {
      ...watchTerminal(),
      length,
      scale,
      seconds,
      workers: values.workers,
    });
    const report = reportOf(model, gradient, found);
    const batch = recoveredOrNone(found);
    let saved = '';
    if (values.out !== undefined && batch) {
      const path = join(values.out, 'reconstruction.safetensors');
      writeBatch(path, batch);
      saved = `\nrecovered samples: ${path}\n`;
    }
    print(values.json ? `${JSON.stringify(report)}\n` : reportText(report) + saved);
  });
