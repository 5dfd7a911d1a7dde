import { summedGradient } from '../gradient/summedGradient';
import {
  hasInput,
  notSafe,
  type Reconstruction,
  type RecoveredSample,
  recovered,
  type StackFinding,
  type TrainingFinding,
} from '../reconstruction/result';
import type { AveragedGradient, Batch, ConvNet, Mlp, ObservedUpdate } from '../types';
import { type Certificate, certify, noCertificate } from '../verification/certificate/certify';
import { certifyUpdate } from '../verification/certificate/certifyUpdate';

/** What `exan audit` and `exan demo` print as JSON. */
export interface Report {
  readonly status: Reconstruction['status'];
  readonly method: Reconstruction['method'];
  readonly batchSize: number | null;
  readonly samples: readonly {
    readonly label: number | null;
    readonly status: string;
    readonly exans: readonly number[];
    readonly how?: string;
    readonly error?: number;
    readonly copies?: number;
    readonly reason?: string;
  }[];
  readonly certificate: Certificate;
  readonly reason: string;
  readonly reduction: string;
  readonly scale: number | null;
  readonly noise: number;
  readonly seconds: number;
  readonly backend: string;
  /** the way down below the head, for networks with convolutions */
  readonly stack?: StackFinding;
  /** the client's steps, for updates */
  readonly training?: TrainingFinding;
  readonly note: string;
}

/** The recovered samples, or null when there are none. */
export function recoveredOrNone(found: Reconstruction): Batch | null {
  return found.samples.some(hasInput) ? recovered(found) : null;
}

/**
 * Finding and certificate together: `exact` stands only when both say so. They have the rule in common and nothing of the replay.
 */
export function reportOf(model: Mlp | ConvNet, gradient: AveragedGradient, found: Reconstruction): Report {
  return reportWith(found, (batch) => certify(model, gradient, batch, found));
}

/** The same for an update: the certificate replays the client's training, as told and inferred, in the order found. */
export function reportOfUpdate(update: ObservedUpdate, found: Reconstruction): Report {
  const { training } = found;
  if (!training) return reportOf(update.before, asGradient(update), found); // a single step, attacked as a gradient
  const errors = found.samples.map((s) => ('error' in s ? s.error : 0));
  const { order, rate, epochs, batchSize, momentum = 0 } = training;
  const { before, after, precision } = update;
  return reportWith(found, (batch) => {
    if (!order || rate === undefined || epochs === undefined) return noCertificate;
    const trained = { before, after, precision, rate, epochs, momentum, ...(batchSize !== undefined && { batchSize }) };
    return certifyUpdate(trained, batch, { order, errors });
  });
}

function asGradient({ rate = 1, ...update }: ObservedUpdate): AveragedGradient {
  return { gradients: summedGradient({ ...update, rate }), reduction: 'mean', precision: update.precision };
}

function reportWith(found: Reconstruction, prove: (batch: Batch) => Certificate): Report {
  const batch = recoveredOrNone(found);
  const certificate = batch ? prove(batch) : noCertificate;
  const contradicted = found.status === 'exact' && certificate.verdict !== 'holds';
  return {
    status: contradicted ? 'approximate' : found.status,
    method: found.method,
    batchSize: found.batchSize,
    samples: found.samples.map((s) => ({ ...reported(s), ...(contradicted && { status: 'approximate' }) })),
    certificate,
    reason: contradicted ? `the certificate fails: residual ${certificate.residual.toExponential(1)}` : found.reason,
    reduction: found.reduction,
    scale: found.scale,
    noise: found.noise,
    seconds: found.seconds,
    backend: found.backend,
    ...(found.stack && { stack: found.stack }),
    ...(found.training && { training: found.training }),
    note: notSafe,
  };
}

function reported(sample: RecoveredSample): Report['samples'][number] {
  const { label = null, status, exans, how } = sample;
  return {
    label,
    status,
    exans,
    ...(how ? { how } : {}),
    ...('error' in sample ? { error: sample.error } : {}),
    ...('copies' in sample ? { copies: sample.copies } : {}),
    ...('reason' in sample ? { reason: sample.reason } : {}),
  };
}
