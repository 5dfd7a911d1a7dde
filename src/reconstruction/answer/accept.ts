import { type Agreement, layerLimit, rowLimit } from '../../gradient/agreement';
import { roundoff } from '../../gradient/arithmeticNoise';
import { gradientDifference } from '../../gradient/gradientDifference';
import { gradientAt, gradientState } from '../../gradient/gradientState';
import { slackAgreement } from '../../gradient/slackAgreement';
import { norm, row } from '../../math/matrix';
import { forward } from '../../model/forward';
import type { DenseMatrix } from '../../types';
import type { Evidence } from '../evidence/evidence';
import { replay } from '../fit/replay';
import type { WholeBatch } from '../fit/wholeBatch';
import type { Reconstruction } from '../result';
import type { ThroughStack } from '../stack/throughStack';
import { fewSamples, pairShows } from './pairShows';

/** Error bar over the input's size up to which a sample may be called exact: a squared error of 1e-6 is three of them. */
const exactly = 3e-4;
/** Bars of two samples within which their inputs count as the same. */
const tellApart = 6;
/**
 * Samples a distance apart give what their mean gives, but for the square of what their logits differ by. Where all samples stand for the
 * same number, their weights do not show it: the least confident one must tell differences of 2e-3 apart.
 */
const severalAlike = 4e-6;
/** Logits of the samples found, times this, are taken for the largest that any sample can have. */
const largestMargin = 4;

export const mightBeSeveral =
  'each of its samples might be the mean of several that differ a little: the network hardly tells them apart';

/**
 * The one rule by which a whole batch is called exact: its replay agrees with the gradient row by row ({@link agreement}), the weights of
 * its samples account for the batch, and nothing that the gradient leaves open is claimed.
 *
 * @returns why not, or null when it is
 */
export function doubts(evidence: Evidence, batch: WholeBatch): string | null {
  const { model, added } = evidence;
  if (added) return 'noise was added to the gradient: samples are known within error bars';
  if (evidence.unmeasured) return 'the gradient is noisier than its precision, by what it does not show';
  if (evidence.withheld.some((layer) => layer.includes(1)))
    return 'rows of some neurons were withheld: no replay can confirm those';
  if (!holdsAsStated(evidence, batch.agreement)) return 'together the samples do not replay the gradient to its noise';
  if (batch.factor !== 1 || batch.size === null)
    return 'the gradient was multiplied by something that its samples do not show: give it as `scale` for a proof';
  const seen = batch.copies.reduce((sum, c) => sum + c, 0);
  if (seen < batch.size)
    return `${batch.size - seen} of ${batch.size} samples leave no trace in it, as an input of zeros without biases`;
  if (batch.copies.some((c) => c > 1)) return 'some samples have the weight of several, which cannot be told apart';
  if (model.dense.every(({ bias }) => !bias) && model.widths[model.widths.length - 1] === 2)
    return 'with two classes and no biases lengths are open';
  const vague = vagueSample(batch.inputs, batch.errors);
  if (vague >= 0) return `sample ${vague} is known within ${batch.errors[vague].toExponential(1)} only`;
  if (!evidence.stackBelow && !tellsSeveral(evidence, batch)) return mightBeSeveral;
  if (closePair(batch)) return 'two samples are closer than the gradient can tell apart';
  if (batch.reduction === 'mean') return null; // the others' weights count it
  if (model.dense.every(({ bias }) => !bias))
    return 'under `sum` and without biases a sample of zeros would leave no trace';
  return unseenPossible(evidence, batch)
    ? 'under `sum` a sample whose loss is rounded away would leave no trace'
    : null;
}

/** The same for a network with convolutions: its head was accepted as a network of its own, and the whole gradient is replayed. */
export function stackDoubts(
  head: Reconstruction,
  { agreement, inputs, errors, labels, pairsShow }: ThroughStack,
): string | null {
  if (head.status !== 'exact') return `its head is ${head.status}: ${head.reason}`;
  if (!inputs) return 'nothing was read below the head';
  const open = errors.findIndex((e) => !(e < Number.POSITIVE_INFINITY));
  if (open >= 0) return `the input of sample ${open} was not found from its features`;
  if (!agreement) return 'the replay of the gradient was not finished';
  if (!agreement.holds) return 'together the samples do not replay the gradient to its noise';
  const vague = vagueSample(inputs, errors);
  if (vague >= 0) return `sample ${vague} is known within ${errors[vague].toExponential(1)} only`;
  if (!pairsShow) return mightBeSeveral;
  return closePair({ inputs, labels, errors }) ? 'two samples are closer than the gradient can tell apart' : null;
}

/** The first sample whose error bar is no small part of its size, or -1. */
export function vagueSample(inputs: DenseMatrix, errors: Float64Array): number {
  return errors.findIndex((e, m) => !(e <= (exactly * norm(row(inputs, m))) / Math.sqrt(inputs.columns)));
}

/** Whether the replay agrees to the rounding of the stated precision, though the gradient may seem to be noisier: the certificate's rule. */
function holdsAsStated({ unit, gradient }: Evidence, { holds, worst, slack, layers }: Agreement): boolean {
  const over = (unit / roundoff[gradient.precision]) ** 2;
  return holds && Math.max(worst, slack) * over <= rowLimit && layers.every((l) => l.chiSquared * over <= layerLimit);
}

/** Whether some sample is shown not to be the mean of several that lie in any usual direction. */
function tellsSeveral(evidence: Evidence, batch: WholeBatch): boolean {
  const { model, gradient } = evidence;
  const { lossErrors, shares } = batch;
  if (lossErrors.length > fewSamples) return lossErrors.some((e) => e <= severalAlike);
  const surest = lossErrors.indexOf(lossErrors.reduce((a, b) => Math.min(a, b)));
  const { state, noise } = replay(evidence, batch.inputs, batch.labels, shares);
  // by the noise of the batch as it stands: that of two samples which are nearly equal would excuse anything
  return pairShows(batch, shares, surest, (inputs, labels, weights) => {
    const pair = gradientAt(model, gradientState(model, { inputs, labels }, { shares: weights }));
    const gap = gradientDifference(gradient.gradients, pair, true);
    return slackAgreement(model, gradient.gradients, gap, state, noise).agreement.holds;
  });
}

export function closePair({ inputs, labels, errors }: Pick<WholeBatch, 'inputs' | 'labels' | 'errors'>): boolean {
  const n = inputs.columns;
  for (let a = 0; a < inputs.rows; a++)
    for (let b = 0; b < a; b++) {
      if (labels[a] !== labels[b]) continue;
      const [x, y] = [row(inputs, a), row(inputs, b)];
      let square = 0;
      for (let d = 0; d < n; d++) square += (x[d] - y[d]) ** 2;
      if (square <= n * (tellApart * (errors[a] + errors[b])) ** 2) return true;
    }
  return false;
}

/**
 * Whether a sample could be so confident that float arithmetic left nothing of its loss: logits some times as far apart as those of
 * the samples found would be enough. Under `mean` the others' weights count it, under `sum` nothing does.
 */
function unseenPossible({ model, unit }: Evidence, { inputs }: WholeBatch): boolean {
  const { logits } = forward(model, inputs);
  let widest = 0;
  for (let m = 0; m < logits.rows; m++) {
    const l = row(logits, m);
    widest = Math.max(widest, Math.max(...l) - Math.min(...l));
  }
  return largestMargin * widest > -Math.log(10 * unit);
}
