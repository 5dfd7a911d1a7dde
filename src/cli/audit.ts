import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { writeBatch } from '../data/batchFile';
import { checkGradient } from '../gradient/checkGradient';
import { readGradient } from '../gradient/gradientFile';
import { readModel } from '../model/modelFile';
import { reconstructAsync } from '../reconstruction/reconstruct';
import { count, oneOf, parse, positive, required } from './arguments';
import { type Report, recoveredOrNone, reportOf } from './report';
import { reportText } from './reportText';
import { watchTerminal } from './watchTerminal';

/**
 * `exan audit`: the attacker's view on files from elsewhere. Reads a model and a gradient as PyTorch names them, attacks,
 * certifies, and with --out writes the recovered samples.
 *
 * @returns what goes to stdout
 * @throws InputError for files that are missing, damaged or do not fit together
 */
export async function audit(args: readonly string[]): Promise<{ report: Report; text: string }> {
  const values = parse('audit', args, {
    model: 'string',
    gradient: 'string',
    reduction: 'string',
    length: 'string',
    scale: 'string',
    seconds: 'string',
    workers: 'string',
    out: 'string',
    json: 'boolean',
  });
  const model = readModel(required('audit', values, 'model'));
  const gradient = readGradient(required('audit', values, 'gradient'), {
    reduction: oneOf(values, 'reduction', ['mean', 'sum']),
  });
  checkGradient(model, gradient, 'exan audit');
  const found = await reconstructAsync(model, gradient, {
    ...watchTerminal(),
    length: oneOf(values, 'length', ['solve', 'paper']),
    ...(values.scale === undefined ? {} : { scale: positive('audit', values, 'scale') }),
    seconds: count(values, 'seconds', 60),
    workers: count(values, 'workers', availableParallelism()),
  });
  const report = reportOf(model, gradient, found);
  const batch = recoveredOrNone(found);
  let saved = '';
  if (typeof values.out === 'string' && batch) {
    mkdirSync(values.out, { recursive: true });
    const path = join(values.out, 'reconstruction.safetensors');
    writeBatch(path, batch);
    saved = `\nrecovered samples: ${path}\n`;
  }
  return { report, text: values.json ? `${JSON.stringify(report)}\n` : reportText(report) + saved };
}
