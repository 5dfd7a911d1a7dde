import { type Dataset, gaussian, mnist } from '../data';
import { exclusivityState } from '../exclusivity/exclusivityState';
import { securityBoundary } from '../exclusivity/securityBoundary';
import { captureGradient } from '../gradient/captureGradient';
import { mlp } from '../model/mlp';
import { reconstruct } from '../reconstruction/reconstruct';
import { hasInput, type Method, recovered } from '../reconstruction/result';
import type { Batch, Mlp, Precision } from '../types';
import { certify } from '../verification/certificate/certify';
import { score } from '../verification/certificate/score';
import { identifiability } from '../verification/identifiability/identifiability';
import type { Experiment } from './sweep/experiment';

/** What is tried on a batch: the paper's criterion, or an attack. */
export type PhaseMethod = 'boundary' | 'exan' | 'pursuit' | 'support';

/** One point of the phase diagram with one seed and one method: everything that its result depends on. */
export interface PhasePoint {
  /** name of the data set */
  readonly data: string;
  /** M */
  readonly size: number;
  readonly width: number;
  /** hidden layers, all of that width */
  readonly depth: number;
  readonly seed: number;
  readonly precision: Precision;
  readonly method: PhaseMethod;
  /** time that pattern pursuit may take */
  readonly seconds: number;
}

/** A finished trial. */
export interface PhaseTrial extends PhasePoint {
  /** the whole batch was recovered (or, for 'boundary', lies in the insecure boundary) */
  readonly success: boolean;
  /** fraction of the samples recovered */
  readonly fraction: number;
  readonly took: number;
}

/** The trials of a phase diagram; see {@link phaseDiagram}. */
export const phase: Experiment<PhasePoint, PhaseTrial> = {
  name: 'phase',
  version: 1,
  note: ({ size, width, method }) => `M = ${size}, width ${width}, ${method}`,
  run: phaseTrial,
};

/**
 * Runs one trial from its point alone, so that trials can run in any order, on any worker, and again after a kill.
 * Batches are drawn from `own`, where that is given. Success is checked against the truth and the certificate, not taken from the attack's own word.
 */
async function phaseTrial(point: PhasePoint, own?: Dataset): Promise<PhaseTrial> {
  const made = () => gaussian({ size: 4096, dimension: 784, seed: point.seed });
  const dataset = own ?? (point.data === 'mnist' ? await mnist() : made());
  const hidden = new Array<number>(point.depth).fill(point.width);
  const model = mlp({ widths: [dataset.inputs.columns, ...hidden, dataset.classes], seed: point.seed });
  const batch = dataset.draw({ size: point.size, seed: point.seed });
  const start = performance.now();
  const fraction = fractionOf[point.method](model, batch, point);
  return { ...point, success: fraction === 1, fraction, took: (performance.now() - start) / 1e3 };
}

const fractionOf: Record<PhaseMethod, (model: Mlp, batch: Batch, point: PhasePoint) => number> = {
  boundary: (model, batch) => (securityBoundary(exclusivityState(model, batch)).insecure ? 1 : 0),
  exan: (model, batch, point) => attackFraction(model, batch, point, ['exan']),
  pursuit: (model, batch, point) => attackFraction(model, batch, point, ['exan', 'pursuit']),
  support: supportFraction,
};

/** Fraction of the samples that their zeros identify: the limit of every attack on supports (method 7). */
function supportFraction(model: Mlp, batch: Batch): number {
  return identifiability(model, batch).identifiable / batch.inputs.rows;
}

function attackFraction(model: Mlp, batch: Batch, { precision, seconds }: PhasePoint, methods: Method[]): number {
  const gradient = captureGradient(model, batch, { precision });
  const found = reconstruct(model, gradient, { methods, seconds });
  if (!found.samples.some(hasInput)) return 0;
  const result = recovered(found);
  const limit = precision === 'float64' ? 1e-12 : 1e-6;
  const right = score(result, batch).pairs.filter((p) => p.labelMatches && p.mse <= limit).length;
  const whole = found.status === 'exact' && certify(model, gradient, result).verdict === 'holds';
  return whole ? right / batch.inputs.rows : Math.min(right, batch.inputs.rows - 1) / batch.inputs.rows;
}
