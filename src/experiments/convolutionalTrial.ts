import { channelsFirst, channelsLast } from '../data';
import { hasWeights } from '../model/layers';
import { reconstructAsync } from '../reconstruction/reconstructAsync';
import {
  hasInput,
  type Reconstruction,
  type RecoveredSample,
  recovered,
  type StackFinding,
  type Status,
} from '../reconstruction/result';
import type { AveragedGradient, Batch, ConvNet, Watch } from '../types';
import { score } from '../verification/certificate/score';
import { judgeAnswer } from './judgeAnswer';
import { rightLabels } from './rightLabels';

/** What an attack on a convolutional network came to, held against the truth. */
export interface ConvolutionalTrial {
  /** M */
  readonly size: number;
  readonly status: Status;
  /** samples called exact, and samples called exact that are not (to be zero) */
  readonly exact: number;
  readonly false: number;
  /** samples with their label and a squared error of at most 1e-6 of their mean square, whatever they are called */
  readonly recovered: number;
  /** samples with their label and a true error of at most three of their own error bars, and samples beyond theirs */
  readonly within: number;
  readonly beyond: number;
  /** samples whose label was found */
  readonly labels: number;
  /** dB of each true sample, for a peak of 1; null where nothing was found */
  readonly psnr: readonly (number | null)[];
  /** structural similarity of each true sample */
  readonly ssim: readonly (number | null)[];
  /** convolutions read on the way down, of how many */
  readonly read: number;
  readonly convolutions: number;
  /** why the way down ended above the input, or null */
  readonly stopped: string | null;
  readonly lastHop: StackFinding['lastHop'];
  readonly reason: string;
  readonly seconds: number;
  /** channels last, as figures take them */
  readonly pictures: { readonly truth: Batch; readonly recovered: Batch | null };
}

/** Options of {@link convolutionalTrial}. */
export interface TrialOptions extends Watch {
  /** time for the attack */
  readonly seconds: number;
  /** threads. @default one per core */
  readonly workers?: number;
}

/**
 * Attacks one gradient on all cores and compares the answer with the batch, which the attack does not see.
 *
 * @param truth with its `image`, channels last, as data sets draw it
 */
export async function convolutionalTrial(
  model: ConvNet,
  gradient: AveragedGradient,
  truth: Batch,
  options: TrialOptions,
): Promise<ConvolutionalTrial> {
  const found = await reconstructAsync(model, gradient, options);
  const all: readonly RecoveredSample[] = found.samples;
  const known = all.some(hasInput) ? channelsLast(recovered(found), model.input) : null;
  const size = truth.labels.length;
  const { stack } = found;
  return {
    size,
    status: found.status,
    exact: all.filter((s) => s.status === 'exact').length,
    ...verdicts(found, channelsFirst(truth)),
    labels: rightLabels(all, truth.labels),
    ...pictureScores(known, truth),
    read: stack?.steps.length ?? 0,
    convolutions: model.stack.filter(hasWeights).length,
    stopped: stack?.stopped ?? null,
    lastHop: stack?.lastHop ?? null,
    reason: found.reason,
    seconds: found.seconds,
    pictures: { truth, recovered: known },
  };
}

function verdicts(
  found: Reconstruction,
  truth: Batch,
): Pick<ConvolutionalTrial, 'false' | 'recovered' | 'within' | 'beyond'> {
  const { false: wrong, recovered: right, within, beyond } = judgeAnswer(found, truth);
  return { false: wrong, recovered: right, within, beyond };
}

function pictureScores(known: Batch | null, truth: Batch): Pick<ConvolutionalTrial, 'psnr' | 'ssim'> {
  const pairs = known ? score(known, truth).pairs : [];
  const of = <T>(value: (pair: (typeof pairs)[number]) => T): (T | null)[] =>
    Array.from(truth.labels, (_, m) => {
      const pair = pairs.find((p) => p.truth === m);
      return pair ? value(pair) : null;
    });
  return { psnr: of((p) => p.psnr), ssim: of((p) => p.ssim ?? 0) };
}
