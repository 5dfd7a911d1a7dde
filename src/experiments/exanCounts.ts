import { check, isCount } from '../check';
import type { Dataset } from '../data/dataset';
import type { ActivationPattern } from '../exclusivity/activationPattern';
import { type ExclusivityState, exclusivityState } from '../exclusivity/exclusivityState';
import { expectedExans } from '../exclusivity/expectedExans';
import { securityBoundary } from '../exclusivity/securityBoundary';
import { nextTurn } from '../nextTurn';
import type { Mlp, Watch } from '../types';

/** Options of {@link exanCounts}. */
export interface ExanCountsOptions extends Watch {
  /** M, one row each. @default [2, 4, 8, 16, 32] */
  readonly sizes?: readonly number[];
  /** one batch each. @default [1, 2, 3, 4, 5] */
  readonly seeds?: readonly number[];
}

/** Exclusive neurons in one ReLU layer, for batches of one size. */
export interface ExanCountsRow {
  /** M */
  readonly size: number;
  /** ReLU layer, from 0 */
  readonly layer: number;
  readonly width: number;
  /** ExANs of a sample, mean over samples and batches */
  readonly mean: number;
  /** those of the batch's poorest sample, mean over batches */
  readonly least: number;
  /** fraction of the samples that have none */
  readonly without: number;
  /** fraction of the batches inside the paper's insecure boundary, all layers together */
  readonly insecure: number;
  /** probability p that a neuron fires, over the whole set */
  readonly firing: number;
  /** {@link expectedExans} at this p */
  readonly expected: number;
  /** the same with a probability for each neuron: sum_j p_j (1 - p_j)^(M - 1) */
  readonly expectedByNeuron: number;
}

/** Samples of the set by which the firing of neurons is estimated. */
const judges = 1000;

/**
 * ExANs per sample over the batch size, beside what independent activations would give (method 2): neurons that all fire alike, and
 * neurons that fire each with a probability of its own. What is left between that and the count is that samples are alike.
 *
 * @returns a row for each size and layer
 * @throws InputError when sizes or seeds are missing or larger than the dataset, or the dataset does not fit the model; AbortError when
 * stopped by `signal`
 * @example
 * const [row] = await exanCounts(model, digits, { sizes: [8] });
 * [row?.mean, row?.expected, row?.expectedByNeuron];  // => [7.1, 1.8, 6.8]
 */
export async function exanCounts(
  model: Mlp,
  dataset: Dataset,
  { sizes = [2, 4, 8, 16, 32], seeds = [1, 2, 3, 4, 5], signal, onProgress }: ExanCountsOptions = {},
): Promise<ExanCountsRow[]> {
  check(
    sizes.length > 0 && seeds.length > 0 && sizes.every((size) => isCount(size)),
    () =>
      `exanCounts: sizes are [${sizes}] and seeds [${seeds}], expected at least one of each, sizes positive integers`,
  );
  const samples = dataset.labels.length;
  const rates = exclusivityState(model, dataset.draw({ size: Math.min(judges, samples), seed: 0 })).patterns.map(
    firing,
  );
  const rows: ExanCountsRow[] = [];
  for (const [k, size] of sizes.entries()) {
    await nextTurn(); // lets interrupts and progress through
    signal?.throwIfAborted();
    const states = seeds.map((seed) => exclusivityState(model, dataset.draw({ size, seed })));
    rows.push(...rates.map((rate, layer) => rowOf(states, size, layer, rate)));
    onProgress?.((k + 1) / sizes.length, `M = ${size}`);
  }
  return rows;
}

function rowOf(states: readonly ExclusivityState[], size: number, layer: number, rates: Float64Array): ExanCountsRow {
  const counts = states.map((state) => state.counts.map((perLayer) => perLayer[layer] ?? 0));
  const width = rates.length;
  const p = meanOf(rates);
  return {
    size,
    layer,
    width,
    mean: meanOf(counts.flat()),
    least: meanOf(counts.map((batch) => Math.min(...batch))),
    without: meanOf(counts.flat().map((count) => Number(count === 0))),
    insecure: meanOf(states.map((state) => Number(securityBoundary(state).insecure))),
    firing: p,
    expected: expectedExans(width, size, p),
    expectedByNeuron: rates.reduce((sum, rate) => sum + expectedExans(1, size, rate), 0),
  };
}

/** For each neuron the fraction of the samples for which it fires. */
function firing({ samples, neurons, fires }: ActivationPattern): Float64Array {
  const rates = new Float64Array(neurons);
  for (const [k, on] of fires.entries()) rates[k % neurons] = (rates[k % neurons] ?? 0) + on / samples;
  return rates.map((rate) => Math.min(1, rate)); // sums of 1/samples may end above 1
}

function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0) / values.length;
}
