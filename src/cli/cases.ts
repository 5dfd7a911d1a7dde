import { check } from '../check';
import { cifar10, type Dataset, gaussian, isic, location30, mnist, retina, uniform } from '../data';
import { readBatch } from '../data/batchFile';
import { mlp } from '../model/mlp';
import { readModel } from '../model/modelFile';
import type { Batch, Mlp } from '../types';
import { count, type OptionKinds, type OptionValues, oneOf, required } from './arguments';

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

/** The network and the data that the options name; without any, MNIST and 784-512-10. */
export async function setupFrom(
  values: OptionValues,
): Promise<{ model: Mlp; dataset: Dataset; size: number; seed: number }> {
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
  return { model: mlp({ widths, seed }), dataset, size, seed };
}

/** The network, and a batch drawn from the data that the options name. */
export async function caseFrom(values: OptionValues): Promise<{ model: Mlp; secret: Batch }> {
  const { model, dataset, size, seed } = await setupFrom(values);
  return { model, secret: dataset.draw({ size, seed }) };
}

/** Options of commands that analyse a batch: one of their own, as `exan demo` draws it, or one from files. */
export const batchOptions: OptionKinds = { ...caseOptions, model: 'string', batch: 'string' };

/** The network and the batch from --model and --batch, or else drawn as {@link caseFrom} does. */
export async function batchFrom(command: string, values: OptionValues): Promise<{ model: Mlp; batch: Batch }> {
  if (values.model === undefined && values.batch === undefined) {
    const { model, secret } = await caseFrom(values);
    return { model, batch: secret };
  }
  const drawn = Object.keys(caseOptions).find((name) => values[name] !== undefined);
  check(
    drawn === undefined,
    () => `exan ${command}: --${drawn} draws a batch, --model and --batch read one; give one kind`,
  );
  return { model: readModel(required(command, values, 'model')), batch: readBatch(required(command, values, 'batch')) };
}
