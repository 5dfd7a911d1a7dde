import { captureGradient } from '../gradient/captureGradient';
import { gradientNorm } from '../gradient/gradientDifference';
import { summedGradient } from '../gradient/summedGradient';
import { dot } from '../math/matrix';
import { hasInput, type Reconstruction, recovered } from '../reconstruction/result';
import type { AffineLayer, AveragedGradient, Batch, ConvNet, Mlp, ObservedUpdate } from '../types';
import { type Certificate, certify, noCertificate } from '../verification/certificate/certify';
import { certifyUpdate } from '../verification/certificate/certifyUpdate';

/** An answer with its certificate; `exact` stands only when both say so. They have the rule in common and nothing of the replay. */
export interface Certified {
  readonly found: Reconstruction;
  readonly certificate: Certificate;
  /** one factor of the whole gradient that the certificate was allowed, because nobody told it; null where none was needed */
  readonly fitted: number | null;
}

/** The recovered samples, or null when there are none. */
export function recoveredOrNone(found: Reconstruction): Batch | null {
  return found.samples.some(hasInput) ? recovered(found) : null;
}

/** Finding and certificate together. */
export function certified(model: Mlp | ConvNet, gradient: AveragedGradient, found: Reconstruction): Certified {
  const batch = recoveredOrNone(found);
  if (!batch) return { found, certificate: noCertificate, fitted: null };
  const fitted = found.status === 'approximate' && found.scale === null ? factorOf(model, gradient, batch) : null;
  const averaging = fitted === null ? found : { reduction: found.reduction, scale: fitted };
  return { found, certificate: certify(model, gradient, batch, averaging), fitted };
}

/** The same for an update: the certificate replays the client's training, as told and inferred, in the order found. */
export function certifiedUpdate(update: ObservedUpdate, found: Reconstruction): Certified {
  const { training } = found;
  if (!training) return certified(update.before, asGradient(update), found); // a single step, attacked as a gradient
  const batch = recoveredOrNone(found);
  const errors = found.samples.map((s) => ('error' in s ? s.error : 0));
  const { order, rate, epochs, batchSize, momentum = 0 } = training;
  const { before, after, precision } = update;
  if (!batch || !order || rate === undefined || epochs === undefined)
    return { found, certificate: noCertificate, fitted: null };
  const trained = { before, after, precision, rate, epochs, momentum, ...(batchSize !== undefined && { batchSize }) };
  return { found, certificate: certifyUpdate(trained, batch, { order, errors }), fitted: null };
}

/** An update as the gradient that it sums up, times its rate where that is not told. */
export function asGradient({ rate = 1, ...update }: ObservedUpdate): AveragedGradient {
  return { gradients: summedGradient({ ...update, rate }), reduction: 'mean', precision: update.precision };
}

/** The one factor by which the batch's gradient comes nearest to the shared one. */
function factorOf(model: Mlp | ConvNet, gradient: AveragedGradient, batch: Batch): number {
  const replay = captureGradient(model, batch, { reduction: gradient.reduction }).gradients;
  const inner = (a: readonly AffineLayer[], b: readonly AffineLayer[]): number =>
    a.reduce((sum, { weight, bias }, i) => {
      const other = b[i];
      if (!other) return sum;
      return sum + dot(weight.data, other.weight.data) + (bias && other.bias ? dot(bias, other.bias) : 0);
    }, 0);
  return inner(replay, gradient.gradients) / gradientNorm(replay) ** 2;
}
