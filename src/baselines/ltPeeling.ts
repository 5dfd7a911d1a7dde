import { check, isCount } from '../check';
import { roundoff } from '../gradient/arithmeticNoise';
import { checkGradient } from '../gradient/checkGradient';
import { fromRows } from '../math/matrix';
import { checkRelu } from '../model/checkActivation';
import { homogeneous } from '../reconstruction/evidence/homogeneous';
import type { AveragedGradient, Mlp } from '../types';
import { budgetOf } from './budget';
import { columnSpace } from './columnSpace';
import type { Ended, Estimate, RivalOptions } from './estimate';
import { handOver } from './handOver';
import {
  type Peeled,
  passRows,
  type Reading,
  type Remainder,
  readingsOf,
  remainderOf,
  samplesAmong,
  standing,
  takeOff,
} from './peeling/degreeOne';

/** Options of {@link ltPeeling}. */
export interface LtPeelingOptions extends RivalOptions {
  /** M under `mean`. @default the whole number that most neurons' rows agree on */
  readonly size?: number;
}

/** Relative errors that are taken for rounding, per precision of the gradient. */
const tolerances = { float64: 1e-9, float32: 1e-4 } as const;

/** Rows that are passed through the network in one piece. */
const piece = 48;

/**
 * Peeling, the decoder of LT codes, on layer 0 (Shariati & Meybodi 2026, passive): row j of the gradient is the sum of
 * share delta_j^m [x^m, 1] over the samples that fire neuron j. A row of one sample (degree one) gives it as the quotient by its bias
 * gradient. The sample is known then, its label and so its part of every other row; it is subtracted, which leaves other rows with
 * one sample less, and so on until no row of degree one is left.
 *
 * The paper was not at hand, only its idea and its results. Ours: a row has degree one when for some label the replay of its
 * quotient through the network gives the row's own bias gradient, times the same share 1 / M as elsewhere, and when the deltas of that
 * replay lie in the column space of the gradient; so a single exclusive neuron is enough, where repeated quotients ask for two. M is
 * told, or the whole number that explains most rows. The coefficients of the subtraction come from the same replay.
 *
 * @returns the samples peeled, with labels; no rows where no row has degree one
 * @throws InputError when the gradient does not fit the model, layer 0 has no biases, or an option is not understood
 * @example
 * (await baselines.ltPeeling(model, gradient)).inputs.rows;  // => 8
 */
export async function ltPeeling(
  model: Mlp,
  gradient: AveragedGradient,
  options: LtPeelingOptions = {},
): Promise<Estimate> {
  const start = performance.now();
  const { size } = options;
  checkRelu('ltPeeling', model);
  checkGradient(model, gradient, 'ltPeeling');
  const { weight, bias } = gradient.gradients[0];
  check(bias !== undefined, () => 'ltPeeling: layer 0 has no biases, expected a network with biases');
  check(size === undefined || isCount(size), () => `ltPeeling: size is ${size}, expected a positive integer`);
  const budget = budgetOf('ltPeeling', options);
  const tolerance = tolerances[gradient.precision];
  const left = remainderOf({ weight, bias });
  const samples: Peeled[] = [];
  let share = gradient.reduction === 'sum' ? 1 : size === undefined ? null : 1 / size;
  let ended: Ended | null = null;
  let rounds = 0;
  for (let from = 0; from < weight.rows && ended === null; from += piece) {
    passRows(model, left, range(from, Math.min(weight.rows, from + piece)));
    ended = await budget.turn((0.5 * from) / weight.rows, 'rows through layer 0');
  }
  const space = ended ?? (await columnSpace(homogeneous({ weight, bias }), roundoff[gradient.precision], budget));
  if (typeof space === 'string') ended = space;
  const basis = typeof space === 'string' || space.full ? null : space.basis;
  for (; ended === null; rounds++) {
    const open = standing(left, tolerance);
    const readings: Reading[] = [];
    for (let from = 0; from < open.length && ended === null; from += piece) {
      readings.push(...readingsOf(model, left, open.slice(from, from + piece)));
      ended = await budget.turn(0.5 + 0.5 * samples.length * (share ?? 0), `${samples.length} samples peeled`);
    }
    share ??= commonShare(readings, tolerance);
    if (share === null) break;
    const fits = fitting(left, readings, share, tolerance);
    const fresh = samplesAmong(model, left, fits, samples, { share, space: basis, tolerance: Math.sqrt(tolerance) });
    if (fresh.length === 0) break;
    samples.push(...fresh);
    takeOff(model, left, fresh);
  }
  const of = gradient.reduction === 'mean' && share !== null ? ` of ${Math.round(1 / share)}` : '';
  return handOver({
    width: weight.columns,
    attack: 'LT peeling',
    start,
    inputs: fromRows(
      samples.map((s) => s.input),
      weight.columns,
    ),
    labels: Int32Array.from(samples, (s) => s.label),
    told: size === undefined ? [] : ['batch size'],
    ended: ended ?? 'nothing more to try',
    reason:
      samples.length > 0
        ? `${samples.length}${of} samples peeled in ${rounds} rounds`
        : 'no row belongs to one sample alone',
  });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, k) => from + k);
}

/** Readings whose share is that of the batch, to the rounding of all that the row was and lost. */
function fitting(
  { bias, sizes }: Remainder,
  readings: readonly Reading[],
  share: number,
  tolerance: number,
): Reading[] {
  return readings.filter(
    (r) => Math.abs(r.share / share - 1) <= (tolerance * sizes[r.neuron]) / Math.abs(bias[r.neuron]),
  );
}

/** 1 / M for the whole number M that the most rows agree on; null when no two do. */
function commonShare(readings: readonly Reading[], tolerance: number): number | null {
  const votes = new Map<number, Set<number>>();
  for (const { neuron, share } of readings) {
    const M = Math.round(1 / share);
    if (!(M >= 1) || Math.abs(M * share - 1) > 10 * tolerance) continue;
    votes.set(M, (votes.get(M) ?? new Set()).add(neuron));
  }
  const [M, voters] = [...votes].reduce((a, b) => (b[1].size > a[1].size ? b : a), [0, new Set<number>()]);
  return voters.size >= 2 ? 1 / M : null;
}
