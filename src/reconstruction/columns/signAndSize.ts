import { axpy, row } from '../../math/matrix';
import type { LossSubspace } from './lossSubspace';
import type { LossColumn } from './polish';

/**
 * The factor between a solved row and a sample's features in a network without biases, where no last coordinate shows it.
 * Its sign is that which makes the active neurons fire; its size follows since the logits are then homogeneous too:
 * the logarithms of two entries of g differ by t times what the logits differ by (K >= 3).
 *
 * @param z pre-activations of the live neurons at the solved row
 * @returns the factor, or 0 when K = 2 or all other classes are alike, which leave the size open
 */
export function signAndSize({ g, on }: LossColumn, { head, headBias, slopes }: LossSubspace, z: Float64Array): number {
  let agree = 0;
  z.forEach((x, j) => {
    agree += on[j] ? x : -x;
  });
  const sign = agree < 0 ? -1 : 1;
  const logits = new Float64Array(head.columns);
  z.forEach((x, j) => {
    const factor = on[j] ? 1 : (slopes?.[j] ?? 0);
    if (factor !== 0) axpy(sign * factor * x, row(head, j), logits);
  });
  if (headBias?.some((b) => b !== 0)) return 0;
  const label = g.reduce((best, x, c) => (Math.abs(x) > Math.abs(g[best]) ? c : best), 0);
  const others = Array.from(g.keys()).filter((c) => c !== label && g[c] / -g[label] > 0);
  const mean = (f: (c: number) => number): number => others.reduce((sum, c) => sum + f(c), 0) / others.length;
  const log = (c: number): number => Math.log(g[c] / -g[label]);
  const [logMean, logitMean] = [mean(log), mean((c) => logits[c])];
  const covariance = mean((c) => (log(c) - logMean) * (logits[c] - logitMean));
  const variance = mean((c) => (logits[c] - logitMean) ** 2);
  const t = covariance / variance; // features = t * sign * row, so the factor is sign / t
  return t > 0 && Number.isFinite(t) ? sign / t : 0;
}
