import { quantise } from '../defences/quantise';
import { captureGradient } from '../gradient/captureGradient';
import { confidence, type Interval } from '../math/confidence';
import { norm, row } from '../math/matrix';
import { quantile } from '../math/quantile';
import { lossVectors } from '../model/backward';
import { forward } from '../model/forward';
import { nextTurn } from '../nextTurn';
import { reconstructAsync } from '../reconstruction/reconstructAsync';
import type { Status } from '../reconstruction/result';
import type { AveragedGradient, Batch, Mlp } from '../types';
import { type JudgedAnswer, judgeAnswer } from './judgeAnswer';
import type { OverTrainingRow, SharedPrecision } from './overTraining';
import type { TrialWatch } from './sweep/experiment';

/** What the attack found of one batch in a trained network, held against the truth. */
export interface TrainingTry extends JudgedAnswer {
  readonly status: Status;
  /** norm of the smallest loss vector of a sample */
  readonly smallestLoss: number;
  readonly took: number;
}

const shareIn: Record<SharedPrecision, (model: Mlp, batch: Batch) => AveragedGradient> = {
  float64: (model, batch) => captureGradient(model, batch),
  float32: (model, batch) => captureGradient(model, batch, { precision: 'float32' }),
  rounded: (model, batch) => captureGradient(model, batch, { precision: 'rounded' }),
  fp16: (model, batch) => quantise(captureGradient(model, batch, { precision: 'float32' }), 'fp16'),
};

/** All of them. */
export const precisionNames: readonly SharedPrecision[] = Object.keys(shareIn) as SharedPrecision[];

/**
 * One attack on one batch.
 *
 * @throws AbortError when stopped by `signal`
 */
export async function trainingTry(
  model: Mlp,
  batch: Batch,
  precision: SharedPrecision,
  { seconds = 10, workers, signal, onProgress }: TrialWatch & { readonly seconds?: number },
): Promise<TrainingTry> {
  await nextTurn(); // lets interrupts and progress through
  signal?.throwIfAborted();
  const watch = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const found = await reconstructAsync(model, shareIn[precision](model, batch), { seconds, workers, ...watch });
  signal?.throwIfAborted(); // an answer cut short is none of the experiment's
  const { bars, errors, ...counts } = judgeAnswer(found, batch);
  return {
    ...{ status: found.status, ...counts, bars: bars.map(finite), errors: errors.map(finite) },
    ...{ smallestLoss: smallestLoss(model, batch), took: found.seconds },
  };
}

/** The tries of one network and precision as a row. */
export function trainingRow(
  common: Pick<OverTrainingRow, 'steps' | 'accuracy' | 'precision' | 'size'>,
  tries: readonly TrainingTry[],
): OverTrainingRow {
  const share = (of: (t: TrainingTry) => number): Interval => confidence(tries.map((t) => of(t) / common.size));
  const total = (of: (t: TrainingTry) => number): number => tries.reduce((sum, t) => sum + of(t), 0);
  const having = (status: Status): number => tries.filter((t) => t.status === status).length;
  return {
    ...common,
    batches: tries.length,
    statuses: {
      exact: having('exact'),
      approximate: having('approximate'),
      partial: having('partial'),
      'not-unique': having('not-unique'),
      inconsistent: having('inconsistent'),
    },
    exact: confidence(tries.map((t) => Number(t.status === 'exact'))),
    recovered: share((t) => t.recovered),
    within: share((t) => t.within),
    beyond: total((t) => t.beyond),
    false: total((t) => t.false),
    bar: median(tries.flatMap((t) => t.bars)),
    error: median(tries.flatMap((t) => t.errors)),
    smallestLoss: median(tries.map((t) => t.smallestLoss)) ?? 0,
    seconds: median(tries.map((t) => t.took)) ?? 0,
  };
}

/** JSON has no infinity. */
function finite(value: number): number {
  return Math.min(value, Number.MAX_VALUE);
}

function smallestLoss(model: Mlp, { inputs, labels }: Batch): number {
  const losses = lossVectors(forward(model, inputs).logits, labels);
  return Math.min(...Array.from(labels, (_, m) => norm(row(losses, m))));
}

function median(values: readonly number[]): number | null {
  return values.length > 0 ? quantile(values, 0.5) : null;
}
