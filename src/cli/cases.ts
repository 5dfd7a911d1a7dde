import { type Command, Option } from '@commander-js/extra-typings';
import { check } from '../check';
import { type Dataset, gaussian, uniform } from '../data';
import { readBatch } from '../data/batchFile';
import { mlp } from '../model/mlp';
import { readModel } from '../model/modelFile';
import type { Batch, Mlp } from '../types';
import { dataOption, setOf } from './dataSource';
import { commandWithJson, count, numbers } from './options';

/** Which network and which batch: the options of every command that makes its own (a type, since commander asks for one). */
export type CaseValues = {
  readonly data: string;
  readonly size: number;
  readonly widths?: readonly number[] | undefined;
  readonly seed: number;
  readonly json?: true | undefined;
};

/** A command that draws a batch and makes a network. */
export function commandWithCase(name: string, description: string): Command<[], CaseValues> {
  return commandWithJson(name, description)
    .addOption(dataOption(['gaussian', 'uniform']))
    .option('--size <n>', 'samples in the batch', count, 8)
    .option('--widths <n,…>', 'the network, inputs first, classes last (default: inputs,512,classes)', numbers)
    .option('--seed <n>', 'of the network and of the batch', count, 1);
}

/** A data set by name; synthetic ones take their dimension and classes from the widths. */
export async function sourceOf(
  name: CaseValues['data'],
  widths: readonly number[] | undefined,
  seed: number,
): Promise<Dataset> {
  const synthetic = { size: 1024, dimension: widths?.[0] ?? 64, classes: widths?.at(-1) ?? 10, seed };
  if (name === 'gaussian') return gaussian(synthetic);
  return name === 'uniform' ? uniform(synthetic) : setOf(name);
}

/** The data that the options name. */
export function setOfCase({ data, widths, seed }: Pick<CaseValues, 'data' | 'widths' | 'seed'>): Promise<Dataset> {
  return sourceOf(data, widths, seed);
}

/** The network's widths that the options name, or those that fit the data. */
export function widthsFrom(
  { data, widths: given }: Pick<CaseValues, 'data' | 'widths'>,
  dataset: Dataset,
): readonly number[] {
  const widths = given ?? [dataset.inputs.columns, 512, dataset.classes];
  check(
    widths[0] === dataset.inputs.columns && (widths.at(-1) ?? 0) >= dataset.classes,
    () =>
      `exan: --widths ${widths} do not fit --data ${data}, expected ${dataset.inputs.columns},…,${dataset.classes} (inputs first, classes last)`,
  );
  return widths;
}

/** The network and the data that the options name. */
export async function setupFrom(values: CaseValues): Promise<{ model: Mlp; dataset: Dataset }> {
  const dataset = await setOfCase(values);
  return { model: mlp({ widths: widthsFrom(values, dataset), seed: values.seed }), dataset };
}

/** The network, and a batch drawn from the data that the options name. */
export async function caseFrom(values: CaseValues): Promise<{ model: Mlp; secret: Batch }> {
  const { model, dataset } = await setupFrom(values);
  return { model, secret: dataset.draw({ size: values.size, seed: values.seed }) };
}

/** Options of commands that analyse a batch: one of their own, as `exan demo` draws it, or one from files. */
export type BatchValues = CaseValues & {
  readonly model?: string | undefined;
  readonly batch?: string | undefined;
};

/** A command that draws a batch and makes a network, or reads both. */
export function commandWithBatch(name: string, description: string): Command<[], BatchValues> {
  const drawing = ['data', 'size', 'widths', 'seed'];
  return commandWithCase(name, description)
    .addOption(new Option('--model <file>', 'network, as safetensors, instead of one made here').conflicts(drawing))
    .addOption(new Option('--batch <file>', 'batch, as safetensors, instead of one drawn here').conflicts(drawing));
}

/** The network and the batch from --model and --batch, or else drawn as {@link caseFrom} does. */
export async function batchFrom(values: BatchValues): Promise<{ model: Mlp; batch: Batch }> {
  if (values.model === undefined && values.batch === undefined) {
    const { model, secret } = await caseFrom(values);
    return { model, batch: secret };
  }
  check(values.model !== undefined && values.batch !== undefined, () => 'exan: --model and --batch need each other');
  return { model: readModel(values.model), batch: readBatch(values.batch) };
}

/** As many seeds as asked for, from the first on. */
export function seedsFrom({ seed, seeds }: { readonly seed: number; readonly seeds: number }): number[] {
  return Array.from({ length: seeds }, (_, k) => seed + k);
}
