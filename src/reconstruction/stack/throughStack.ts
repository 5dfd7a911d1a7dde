import { roundoff } from '../../gradient/arithmeticNoise';
import { gradientState } from '../../gradient/gradientState';
import { type StackAgreement, stackAgreement } from '../../gradient/replay/stackAgreement';
import { stackRefuses } from '../../gradient/replay/stackRefuses';
import { gemm } from '../../math/gemm';
import { fromRows, largest, norm, row } from '../../math/matrix';
import { rectified } from '../../model/layers/relu';
import type { AveragedGradient, ConvNet, DenseMatrix } from '../../types';
import { pairShows } from '../answer/pairShows';
import type { FoundSample, StackFinding } from '../result';
import { type Limit, type Working, within } from '../working';
import { staysPositive } from './blocks';
import { type Descent, descendStack, type Known } from './descendStack';
import { hopRefuses } from './lastHop/hopRefuses';
import type { LastHop } from './lastHop/lastHop';

/** What the head's answer makes of the samples below it. */
export interface ThroughStack {
  readonly finding: StackFinding;
  /** M x C H W, null where nothing was read */
  readonly inputs: DenseMatrix | null;
  /** expected root mean square error of each, infinite where the last hop failed */
  readonly errors: Float64Array;
  /** null where nothing was read, or time was up */
  readonly agreement: StackAgreement | null;
  /** whether the gradient would show that a sample is the mean of two that differ a little */
  readonly pairsShow: boolean;
  readonly labels: Int32Array;
}

/**
 * From the head's samples, which are the flattened features of the batch, down to its inputs: the way down, the last hop where the
 * lowest convolutions have too few filters, and the replay of the whole gradient.
 *
 * @param shares weight of each sample in the gradient
 */
export function* throughStack(
  net: ConvNet,
  gradient: AveragedGradient,
  samples: readonly FoundSample[],
  shares: Float64Array,
  limit: Limit,
): Working<ThroughStack> {
  const labels = Int32Array.from(samples, (s) => s.label);
  const descent = yield* descendStack(
    net,
    gradient.gradients,
    topOf(net, samples, labels, { shares, unit: roundoff[gradient.precision] }),
    limit,
  );
  const { reached } = descent;
  if (reached.level === 0) {
    const errors = new Float64Array(labels.length).fill(reached.error);
    return yield* ended(net, gradient, { descent, hops: null, inputs: reached.values, errors, labels, shares }, limit);
  }
  const none = { inputs: null, errors: new Float64Array(labels.length).fill(Number.POSITIVE_INFINITY), labels };
  if (limit.over()) return { ...none, finding: findingOf(descent, null), agreement: null, pairsShow: false };
  const layers = net.stack.slice(0, reached.level);
  const refused = hopRefuses(layers);
  if (refused !== null) {
    const stopped = `${descent.stopped}, and ${refused}`;
    return { ...none, finding: findingOf({ ...descent, stopped }, null), agreement: null, pairsShow: false };
  }
  const rows = Array.from(labels, (_, m) => row(reached.values, m).slice());
  const noise = Math.max(...rows.map((y) => (reached.error * Math.sqrt(y.length)) / norm(y)));
  const hops = (yield { layers, samples: rows, noise, limit }) as readonly LastHop[];
  const errors = Float64Array.from(hops, (h) => h.error);
  const inputs = fromRows(hops.map((h) => h.x));
  return yield* ended(net, gradient, { descent, hops, inputs, errors, labels, shares }, limit);
}

/** Features and deltas where the stack meets the head. */
function topOf(
  { head, stack }: ConvNet,
  samples: readonly FoundSample[],
  labels: Int32Array,
  { shares, unit }: { readonly shares: Float64Array; readonly unit: number },
): Omit<Known, 'level'> {
  const read = fromRows(samples.map((s) => s.input));
  const values = staysPositive(stack) ? rectified(read) : read;
  const { deltas } = gradientState(head, { inputs: values, labels }, { shares });
  const error = Math.max(unit * largest(values.data), ...samples.map((s) => ('error' in s ? s.error : 0)));
  return { values, deltas: gemm(deltas[0], head.dense[0].weight), error, unit };
}

interface Ended {
  readonly descent: Descent;
  readonly hops: readonly LastHop[] | null;
  readonly inputs: DenseMatrix;
  readonly errors: Float64Array;
  readonly labels: Int32Array;
  readonly shares: Float64Array;
}

function* ended(
  net: ConvNet,
  gradient: AveragedGradient,
  { descent, hops, shares, ...found }: Ended,
  limit: Limit,
): Working<ThroughStack> {
  const bars = found.errors.map((e) => (e < Number.POSITIVE_INFINITY ? e : 0));
  limit.report(0.9, 'replaying the gradient');
  const agreement = yield* within(limit, stackAgreement(net, gradient, found, shares, bars));
  const shows = (accepted: StackAgreement): boolean =>
    pairShows(
      found,
      shares,
      0,
      (x, y, weights) =>
        limit.over() !== null || !stackRefuses(net, gradient, { inputs: x, labels: y }, weights, accepted),
    );
  const pairsShow = agreement?.holds === true && shows(agreement);
  return { ...found, agreement, pairsShow, finding: findingOf(descent, hops) };
}

function findingOf({ steps, reached, stopped }: Descent, hops: readonly LastHop[] | null): StackFinding {
  const lastHop = hops && {
    solved: hops.filter((h) => h.solved).length,
    samples: hops.length,
    equations: Math.min(...hops.map((h) => h.equations)),
    unknowns: hops[0].unknowns,
  };
  return { steps, level: reached.level, stopped, lastHop };
}
