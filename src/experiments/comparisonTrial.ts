import type { Dataset } from '../data/dataset';
import { captureGradient } from '../gradient/captureGradient';
import { mlp } from '../model/mlp';
import type { Precision } from '../types';
import { type ContestRow, contest } from './contest';
import { type ContestantName, contestants } from './contestants';
import { type Experiment, samplesOf, type TrialWatch } from './sweep/experiment';

/** One attack on one batch: everything that a trial's result depends on, beside the samples. */
export interface ComparisonPoint {
  /** name of the data set */
  readonly data: string;
  /** inputs first, classes last */
  readonly widths: readonly number[];
  readonly precision: Precision;
  /** M */
  readonly size: number;
  /** of network and batch */
  readonly seed: number;
  readonly contestant: ContestantName;
  /** seconds that the attack has */
  readonly budget: number;
}

/** A finished trial. */
export interface ComparisonTrial extends ComparisonPoint, ContestRow {}

/** The trials of {@link attackComparison} on fresh networks. */
export const comparison: Experiment<ComparisonPoint, ComparisonTrial> = {
  name: 'compare',
  version: 1,
  note: ({ contestant, size, seed }) => `${contestants[contestant].name}, M = ${size}, seed ${seed}`,
  run: comparisonTrial,
};

/** The points of a grid, row by row of {@link attackComparison}. */
export function comparisonPoints(
  common: Omit<ComparisonPoint, 'size' | 'seed' | 'contestant'>,
  sizes: readonly number[],
  seeds: readonly number[],
  attacks: readonly ContestantName[],
): ComparisonPoint[] {
  return sizes.flatMap((size) =>
    seeds.flatMap((seed) => attacks.map((contestant) => ({ ...common, size, seed, contestant }))),
  );
}

async function comparisonTrial(
  point: ComparisonPoint,
  samples: Dataset | undefined,
  { signal, onProgress }: TrialWatch,
): Promise<ComparisonTrial> {
  const { widths, precision, size, seed, contestant, budget } = point;
  const model = mlp({ widths, seed });
  const secret = samplesOf(comparison, samples).draw({ size, seed });
  const gradient = captureGradient(model, secret, { precision });
  const onSpent = (fraction: number): void => onProgress?.(fraction, '');
  const terms = { seconds: budget, onSpent, ...(signal && { signal }) };
  const row = await contest({ model, secret, gradient, seed }, contestants[contestant], terms);
  signal?.throwIfAborted(); // an answer cut short is none of the experiment's
  return { ...point, ...row };
}
