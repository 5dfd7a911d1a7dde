import { Option } from '@commander-js/extra-typings';
import { check } from '../check';
import type { LocalTraining, Precision } from '../types';
import { count, positive } from './options';

/** What a client of several local steps does before it shares its update, as options say it (a type, since commander asks for one). */
export type TrainingValues = {
  readonly epochs?: number | undefined;
  readonly rate?: number | undefined;
  readonly miniBatch?: number | undefined;
  readonly precision?: Precision | undefined;
};

/** In what numbers a client computes. */
export function precisionOption(): Option<'--precision <name>', undefined, undefined, undefined, false, Precision> {
  return new Option('--precision <name>', "of the client's arithmetic").choices(['float32', 'float64'] as const);
}

/** How many times a client goes through its batch. */
export function epochsOption(): Option<'--epochs <n>', undefined, undefined, number> {
  return new Option('--epochs <n>', 'of a client that shares an update: passes over the batch').argParser(count);
}

/** Its learning rate. */
export function rateOption(): Option<'--rate <x>', undefined, undefined, number> {
  return new Option('--rate <x>', 'its learning rate').argParser(positive);
}

/** Samples of a step. */
export function miniBatchOption(): Option<'--mini-batch <n>', undefined, undefined, number> {
  return new Option('--mini-batch <n>', 'samples of a step (default: the whole batch)').argParser(count);
}

/** The client's training; null when no option names it: then a gradient is shared. */
export function trainingFrom(
  caller: string,
  { epochs, rate, miniBatch, precision }: TrainingValues,
): (LocalTraining & { readonly precision?: Precision }) | null {
  if ([epochs, rate, miniBatch, precision].every((v) => v === undefined)) return null;
  check(
    epochs !== undefined && rate !== undefined,
    () => `${caller}: expected --epochs and --rate together, what a client does before it shares its update`,
  );
  return { epochs, rate, ...(miniBatch !== undefined && { batchSize: miniBatch }), ...(precision && { precision }) };
}
