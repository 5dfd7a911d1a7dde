import { rowRatios } from '../baselines/rowRatios';
import { summedGradient } from '../gradient/summedGradient';
import { reconstructUpdateAsync } from '../reconstruction/reconstructUpdateAsync';
import { hasInput, type RecoveredSample, recovered, type Status } from '../reconstruction/result';
import type { Batch, ModelUpdate, Watch } from '../types';
import { score } from '../verification/certificate/score';
import { bestErrors } from './attackOutcome';
import { judgeAnswer } from './judgeAnswer';
import { rightLabels } from './rightLabels';

/** What an attack on one update came to, held against the truth. */
export interface FederatedOutcome {
  /** M, of all clients together */
  readonly samples: number;
  readonly status: Status;
  /** samples called exact, and samples called exact that are not (to be zero) */
  readonly exact: number;
  readonly false: number;
  /** samples with their label and a squared error of at most 1e-6 of their mean square, whatever they are called */
  readonly recovered: number;
  /** samples handed over as estimates, without any proof */
  readonly estimates: number;
  /** samples whose label was found */
  readonly labels: number;
  /** dB of the worst sample, for a peak of 1; null where one was not found */
  readonly psnr: number | null;
  /** samples that some row of the update, over its bias, shows within 20 dB: what the crudest attack sees */
  readonly visible: number;
  /** whether the order of the mini-batches was found */
  readonly ordered: boolean;
  readonly reason: string;
  readonly took: number;
}

/** dB that an error below which float64 has no more places would give: so that a row can be written as JSON. */
const perfect = 400;

/** Attacks one update and compares the answer with the batch, which the attack does not see. */
export async function federatedOutcome(
  update: ModelUpdate,
  truth: Batch,
  { seconds, workers, signal, onProgress }: Watch & { readonly seconds: number; readonly workers: number },
): Promise<FederatedOutcome> {
  const watch = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const found = await reconstructUpdateAsync(update, { seconds, workers, ...watch });
  signal?.throwIfAborted(); // an answer cut short is none of the experiment's
  const all: readonly RecoveredSample[] = found.samples;
  const judged = judgeAnswer(found, truth);
  const pairs = all.some(hasInput) ? score(recovered(found), truth).pairs : [];
  const worst = Math.min(perfect, ...pairs.map(({ psnr }) => psnr));
  return {
    samples: truth.labels.length,
    status: found.status,
    exact: all.filter(({ status }) => status === 'exact').length,
    false: judged.false,
    recovered: judged.recovered,
    estimates: all.filter(({ status }) => status === 'estimate').length,
    labels: rightLabels(all, truth.labels),
    psnr: pairs.length < truth.labels.length ? null : worst,
    visible: seenInRows(update, truth),
    ordered: found.training?.order != null,
    reason: found.reason,
    took: found.seconds,
  };
}

function seenInRows(update: ModelUpdate, truth: Batch): number {
  const gradients = summedGradient(update);
  if (!gradients[0]?.bias?.some((v) => v !== 0)) return 0;
  const rows = rowRatios(update.before, { gradients, reduction: 'mean', precision: update.precision }).inputs;
  return bestErrors(truth, rows).filter((e) => e <= 1e-2).length;
}
