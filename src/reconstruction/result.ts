import { InputError } from '../check';
import { fromRows } from '../math/matrix';
import type { Batch } from '../types';

/**
 * What a reconstruction came to:
 * - `exact`: every sample of the inferred batch was found, and together they give the gradient
 * - `partial`: some samples were found, exactly or within an error bar, or at least located (their label is known); the others are
 *   named with the reason
 * - `not-unique`: nothing, or nothing unambiguous, can be said by this method (the secure boundary, K = 2 without biases, …)
 * - `inconsistent`: no batch gives this gradient through this network (noise, a wrong model); samples are approximate at best
 */
export type Status = 'exact' | 'partial' | 'not-unique' | 'inconsistent';

/** How a sample was found: by rows or columns of neurons that it alone activates, or by pattern pursuit. */
export type Method = 'exan' | 'pursuit';

/** One sample of the inferred batch. */
export interface RecoveredSample {
  /**
   * 'estimate': the direction is exact, its length is a rule of thumb (scale: 'paper') or one of two candidates;
   * 'approximate': read off a noisy gradient, true within `error`
   */
  readonly status: 'exact' | 'estimate' | 'approximate' | 'not-recovered';
  readonly how?: Method;
  readonly label?: number;
  /** d0 entries, present unless not recovered */
  readonly input?: Float64Array;
  /** expected root mean square error per entry of an approximate input, as the gradient's own noise allows it */
  readonly error?: number;
  /** exclusive neurons of this sample, one count per ReLU layer, as far as the attack sees them */
  readonly exans: readonly number[];
  /** why the sample was not recovered exactly, in a sentence */
  readonly reason?: string;
}

/** The answer of {@link reconstruct}: a value, never a silent guess. */
export interface Reconstruction {
  readonly status: Status;
  readonly method: 'exan' | 'pursuit' | 'exan+pursuit';
  /** the inferred M, or null when the gradient does not show it */
  readonly batchSize: number | null;
  readonly samples: readonly RecoveredSample[];
  /** what the status rests on, in a sentence */
  readonly reason: string;
  /** the layer that decided, when one did */
  readonly layer?: number;
  /** relative noise per entry, measured on the gradient itself */
  readonly noise: number;
  /** relative residual of the gradient after the found samples are taken away */
  readonly residual: number;
  /** rank and condition of the systems solved, top down */
  readonly systems: readonly { readonly layer: number; readonly rank: number; readonly condition: number }[];
  /** 'mean' or 'sum', as found in the gradient */
  readonly reduction: 'mean' | 'sum';
  readonly seconds: number;
  /** which arithmetic ran */
  readonly backend: string;
}

/**
 * The recovered samples as a batch, estimates among them.
 *
 * @throws InputError when no sample was recovered
 * @example
 * recovered(reconstruct(model, gradient)).labels.length;  // => 8
 */
export function recovered(found: Reconstruction): Batch {
  const known = found.samples.filter((s) => s.input !== undefined);
  if (known.length === 0) throw new InputError(`recovered: no sample was recovered (${found.status}: ${found.reason})`);
  return {
    inputs: fromRows(known.map((s) => s.input as Float64Array)),
    labels: Int32Array.from(known, (s) => s.label as number),
  };
}
