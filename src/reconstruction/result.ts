import { InputError } from '../check';
import { fromRows } from '../math/matrix';
import type { Batch, LocalTraining, Reduction } from '../types';
import type { StackStep } from './stack/descendStack';

/**
 * What a reconstruction came to:
 * - `exact`: every sample of the batch was found, and together they replay the whole gradient to its noise, row by row; nothing that
 *   could be different is called so
 * - `approximate`: every sample was found, but within error bars only, or some of them cannot be told apart
 * - `partial`: some samples were found, or at least located (their label is known); the others are named with the reason
 * - `not-unique`: nothing, or nothing unambiguous, can be said by this method (the secure boundary, K = 2 without biases, too much noise)
 * - `inconsistent`: no batch gives this gradient through this network
 */
export type Status = 'exact' | 'approximate' | 'partial' | 'not-unique' | 'inconsistent';

/** How a sample was found: by rows or columns of neurons that it alone activates, or by pattern pursuit. */
export type Method = 'exan' | 'pursuit';

/** The way down a convolutional network, below its head. */
export interface StackFinding {
  /** convolutions read, top down */
  readonly steps: readonly StackStep[];
  /** layers of the stack that are left below the features known: 0 when the input itself followed */
  readonly level: number;
  /** why the way down ended there, or null */
  readonly stopped: string | null;
  /** samples whose input the last hop found, of how many; null where none was needed */
  readonly lastHop: {
    readonly solved: number;
    readonly samples: number;
    readonly equations: number;
    readonly unknowns: number;
  } | null;
}

/** The training that an update shows, as its samples replay it; what was neither told nor inferred is absent. */
export interface TrainingFinding extends Partial<LocalTraining> {
  /** samples of each step, by their place in `samples`; null where no order of mini-batches fits */
  readonly order: readonly (readonly number[])[] | null;
  /** what was not told and came out of the update; absent where all was told */
  readonly inferred?: readonly ('rate' | 'epochs' | 'batchSize')[];
  /** standard deviation of an inferred rate */
  readonly rateError?: number;
  /** other trainings of these samples that replay the update as well, so that it is open which of them it was */
  readonly others?: readonly LocalTraining[];
}

/** What no report leaves out. */
export const notSafe = 'a sample that was not recovered is not safe: these attacks ended there, others may go further';

interface Known {
  readonly how: Method;
  readonly label: number;
  /** d0 entries */
  readonly input: Float64Array;
  /** expected root mean square error per entry, as the gradient's own noise allows it */
  readonly error: number;
  /** exclusive neurons of this sample, one count per ReLU layer, as far as the attack sees them */
  readonly exans: readonly number[];
}

/** Stands in an answer that is exact as a whole. */
export interface ExactSample extends Known {
  readonly status: 'exact';
}

/** True within `error`. */
export interface ApproximateSample extends Known {
  readonly status: 'approximate';
  readonly reason: string;
}

/** Several samples of one label and pattern that the gradient does not tell apart: `input` is their mean, true within `error`. */
export interface MergedSample extends Known {
  readonly status: 'merged';
  /** how many they are; each is listed */
  readonly copies: number;
  readonly reason: string;
}

/** A candidate without proof: its length is a rule of thumb (length: 'paper') or open, or neurons were withheld that a replay needs. */
export interface EstimatedSample extends Omit<Known, 'error'> {
  readonly status: 'estimate';
  /** root mean square of what is open of an entry, roughly; infinite where nothing bounds it, absent where no entry is open by itself */
  readonly spread?: number;
  readonly reason: string;
}

/** Counted, perhaps with its label, but without its input. */
export interface LostSample {
  readonly status: 'not-recovered';
  readonly how?: Method;
  readonly label?: number;
  readonly exans: readonly number[];
  readonly reason: string;
}

/** A sample whose input is known in some way. */
export type FoundSample = ExactSample | ApproximateSample | MergedSample | EstimatedSample;

/** One sample of the inferred batch. */
export type RecoveredSample = FoundSample | LostSample;

interface Finding {
  readonly method: 'exan' | 'pursuit' | 'exan+pursuit';
  /** what the status rests on, in a sentence */
  readonly reason: string;
  /** relative noise per entry, measured on the gradient itself */
  readonly noise: number;
  /** inputs that go with the silent neurons of all samples, though no replay gives the gradient: another loss, or samples of unequal weights */
  readonly unproven?: Batch;
  /** relative residual of the gradient after the found samples are taken away */
  readonly residual: number;
  /** the way down below the head; only for networks with convolutions, whose other figures here are the head's */
  readonly stack?: StackFinding;
  /** the client's steps; only for updates, whose `scale` is 1 and whose other figures are of the summed gradient */
  readonly training?: TrainingFinding;
  /** rank and condition of the systems solved, top down */
  readonly systems: readonly { readonly layer: number; readonly rank: number; readonly condition: number }[];
  /** 'mean' or 'sum', as found in the gradient */
  readonly reduction: Reduction;
  /** what the gradient was multiplied by beside its reduction, as given or as the samples' weights show it; null when they do not */
  readonly scale: number | null;
  /** what the search took for granted beside model and gradient, as told; absent where nothing was */
  readonly prior?: string;
  /** runs of pattern pursuit's search, and how many of them ended at a sample; zero where it did not run */
  readonly search: { readonly starts: number; readonly hits: number };
  readonly seconds: number;
  /** which arithmetic ran */
  readonly backend: string;
}

/** The answer of {@link reconstruct}: a value, never a silent guess. */
export type Reconstruction = Finding &
  (
    | {
        readonly status: 'exact';
        /** M; under `mean` a batch in which every sample stands k times has the gradient of the batch without repetitions */
        readonly batchSize: number;
        readonly samples: readonly ExactSample[];
      }
    | {
        readonly status: 'approximate';
        /** M, or null when a factor or samples without a trace leave it open */
        readonly batchSize: number | null;
        readonly samples: readonly (ApproximateSample | MergedSample)[];
      }
    | {
        readonly status: 'partial' | 'not-unique' | 'inconsistent';
        /** the inferred M, or null when the gradient does not show it */
        readonly batchSize: number | null;
        readonly samples: readonly RecoveredSample[];
      }
  );

/**
 * True for a sample that has an input.
 *
 * @example
 * found.samples.filter(hasInput).length;  // => 8
 */
export function hasInput(sample: RecoveredSample): sample is FoundSample {
  return sample.status !== 'not-recovered';
}

/**
 * The recovered samples as a batch, approximations and estimates among them.
 *
 * @throws InputError when no sample was recovered
 * @example
 * recovered(reconstruct(model, gradient)).labels.length;  // => 8
 */
export function recovered(found: Reconstruction): Batch {
  const all: readonly RecoveredSample[] = found.samples;
  const known = all.filter(hasInput);
  if (known.length === 0) throw new InputError(`recovered: no sample was recovered (${found.status}: ${found.reason})`);
  return { inputs: fromRows(known.map((s) => s.input)), labels: Int32Array.from(known, (s) => s.label) };
}
