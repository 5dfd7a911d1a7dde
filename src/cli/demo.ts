import { check } from '../check';
import { cifar10, type Dataset, gaussian, isic, location30, mnist, retina, uniform } from '../data';
import { exclusivityState } from '../exclusivity/exclusivityState';
import { securityBoundary } from '../exclusivity/securityBoundary';
import { captureGradient } from '../gradient/captureGradient';
import { mlp } from '../model/mlp';
import { reconstruct } from '../reconstruction/reconstruct';
import type { Batch, Network } from '../types';
import { score } from '../verification/score';
import { count, type OptionValues, oneOf, parse } from './arguments';
import { type Report, recoveredOrNone, reportOf } from './report';
import { reportText } from './reportText';

/** Options that say which network and which batch: shared by every command that makes its own. */
export const caseOptions = { data: 'string', size: 'string', widths: 'string', seed: 'string' } as const;

const sources = ['mnist', 'cifar10', 'retina', 'isic', 'location30', 'gaussian', 'uniform'] as const;

/** A data set by name; synthetic ones take their dimension and classes from the widths. */
async function sourceOf(
  name: (typeof sources)[number],
  widths: readonly number[] | null,
  seed: number,
): Promise<Dataset> {
  const synthetic = { size: 1024, dimension: widths?.[0] ?? 64, classes: widths?.at(-1) ?? 10, seed };
  const readers = { mnist, cifar10, retina, isic, location30 };
  if (name === 'gaussian') return gaussian(synthetic);
  return name === 'uniform' ? uniform(synthetic) : readers[name]();
}

/** The network and the batch that the options name; without any, 8 MNIST digits and 784-512-10. */
export async function caseFrom(values: OptionValues): Promise<{ model: Network; secret: Batch; seed: number }> {
  const seed = count(values, 'seed', 1);
  const size = count(values, 'size', 8);
  const source = oneOf(values, 'data', sources);
  const given = values.widths === undefined ? null : String(values.widths).split(',').map(Number);
  const dataset = await sourceOf(source, given, seed);
  const widths = given ?? [dataset.inputs.columns, 512, dataset.classes];
  check(
    widths[0] === dataset.inputs.columns && (widths.at(-1) as number) >= dataset.classes,
    () =>
      `exan: --widths ${widths} do not fit --data ${source}, expected ${dataset.inputs.columns},…,${dataset.classes} (inputs first, classes last)`,
  );
  return { model: mlp({ widths, seed }), secret: dataset.draw({ size, seed }), seed };
}

/**
 * `exan demo`: draws a batch, captures its gradient, attacks it and compares with the truth.
 *
 * @throws InputError for options that do not fit together
 */
export async function demo(args: readonly string[]): Promise<{ report: Report; text: string }> {
  const values = parse('demo', args, { ...caseOptions, json: 'boolean' });
  const { model, secret } = await caseFrom(values);
  const gradient = captureGradient(model, secret);
  const found = reconstruct(model, gradient);
  const report = reportOf(model, gradient, found);
  const batch = recoveredOrNone(found);
  const compared = batch ? score(batch, secret) : null;
  const truth = { boundary: securityBoundary(exclusivityState(model, secret)), score: compared };
  if (values.json) return { report, text: `${JSON.stringify({ ...report, truth })}\n` };
  // pairs follow the order of the recovered samples
  const withInput = found.samples.flatMap((s, m) => (s.input ? [m] : []));
  const pairOf = (m: number) => compared?.pairs.find((p) => p.found === withInput.indexOf(m));
  const columnOf = (cell: (m: number) => string | undefined): string[] => found.samples.map((_, m) => cell(m) ?? '-');
  const columns = {
    'true label': columnOf((m) => secret.labels[pairOf(m)?.truth ?? -1]?.toString()),
    MSE: columnOf((m) => pairOf(m)?.mse.toExponential(1)),
  };
  return { report, text: reportText(report, columns) };
}
