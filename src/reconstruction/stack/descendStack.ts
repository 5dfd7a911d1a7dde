import { columns, largest } from '../../math/matrix';
import { quantile } from '../../math/quantile';
import { rectified } from '../../model/layers/relu';
import { SIX } from '../../model/layers/relu6';
import { tightest } from '../../model/layers/taps';
import type { AffineLayer, ConvNet, DenseMatrix } from '../../types';
import type { Limit, Working } from '../working';
import { type Block, blocksOf } from './blocks';
import { type ConvGradient, convGradient } from './convGradient';
import { spread } from './convolution';
import { settleMisread } from './misread';
import { patchPursuit } from './patchPursuit';
import { unpooled, windowsOf } from './pooling';
import { toPlanes, toPositions } from './positions';
import { type Below, solveBelow } from './solveBelow';
import { undone } from './undone';

/** What is known at some layer of the stack: values that leave it, and their deltas (M x C H W each). */
export interface Known {
  /** layers of the stack below it: 0 at the input itself */
  readonly level: number;
  readonly values: DenseMatrix;
  readonly deltas: DenseMatrix;
  /** expected root mean square error of the values */
  readonly error: number;
  /** roundoff of the arithmetic, below which no value is known relative to the largest */
  readonly unit: number;
}

/** One convolution read from above. */
export interface StackStep {
  /** index in the stack */
  readonly layer: number;
  readonly kind: 'plain' | 'pooled';
  readonly condition: number;
  /** relative misfit of its weight gradient, all filters together */
  readonly residual: number;
  readonly rounds: number;
}

/** How far the way down led. */
export interface Descent {
  readonly steps: readonly StackStep[];
  readonly reached: Known;
  /** why it ended above the input, or null */
  readonly stopped: string | null;
}

/** Values are taken for positive beyond this many of their errors. */
const surely = 10;
/** Misfit of a convolution's gradient over what noise and condition explain, beyond which it is not understood. */
const farOff = 1e3;

/**
 * From the features that enter the head down to the input, convolution by convolution, as far as each has enough filters: linear where
 * its pattern is known, patch pursuit below max pooling.
 */
export function* descendStack(
  net: ConvNet,
  gradients: readonly AffineLayer[],
  top: Omit<Known, 'level'>,
  limit: Limit,
): Working<Descent> {
  const steps: StackStep[] = [];
  let reached: Known = { ...top, level: net.stack.length };
  const blocks = blocksOf(net);
  for (const [n, block] of blocks.entries()) {
    const end = (stopped: string): Descent => ({ steps, reached, stopped });
    if ('refused' in block) return end(block.refused);
    limit.report(0.1 + (0.3 * n) / blocks.length, `reading ${block.name}`);
    const one = yield* oneBlock(block, gradients[block.array], reached, limit);
    if (typeof one === 'string') return end(one);
    const { step, below } = one;
    if (!(step.residual <= explained(relative(reached), step.condition)))
      return end(`${block.name} is not explained: its gradient is missed by ${step.residual.toExponential(1)}`);
    steps.push(step);
    reached = below;
  }
  return { steps, reached, stopped: null };
}

/** Whether the delta of a neuron passes whose value is z. */
function passes({ activation, pool }: Block, slope: number): (z: number) => boolean {
  if (!activation || (pool && slope > 0)) return () => true; // a window's winner passes its delta, positive or not
  return (z) => z > 0 && (activation.kind !== 'relu6' || z < SIX);
}

/** Relative misfit of a convolution's gradient up to which it is explained. */
function explained(noise: number, condition: number): number {
  return Math.max(farOff * noise * condition, 1e-4);
}

/** Error over the largest value. */
function relative({ values, error }: Known): number {
  return error / largest(values.data);
}

function* oneBlock(
  block: Block,
  shared: AffineLayer,
  above: Known,
  limit: Limit,
): Working<{ readonly step: StackStep; readonly below: Known } | string> {
  const { conv: layer, shape, pool, positive, name } = block;
  const M = above.values.rows;
  const conv = convGradient(layer, shared.weight, M);
  const { taps, filters } = conv;
  if (filters.length === 0) return `${name} shares no gradient`;
  const { equations, unknowns } = tightest(taps, filters.length);
  // patch pursuit needs some to spare for what hides in its windows
  if (equations < (pool ? 1.2 : 1) * unknowns) {
    const where = unknowns < taps.entering ? ' that only some taps see' : '';
    return `${name} has ${equations} equations for the ${unknowns} unknowns of each channel${where} (${M} samples)`;
  }
  const [read, all] = [above.values, above.deltas].map((planes) => columns(toPositions(planes, shape), filters));
  const { values, factors } = undone(block.activation, read, surely * above.error);
  const on = factors ? { ...all, data: all.data.map((v, k) => factors[k] * v) } : all;
  const windows = pool && windowsOf(pool, M);
  if (pool && !windows) return `${name} lies below pooling whose windows overlap`;
  const noise = relative(above);
  const first: (Below & { deltas: DenseMatrix; rounds: number }) | null = windows
    ? yield* patchPursuit({ conv, windows, values, deltas: on, noise, positive }, limit)
    : robust(solveBelow(conv, on), on, conv, noise);
  if (!first) return limit.over() ?? `${name} is singular: its deltas do not tell the positions apart`;
  const leaky = block.activation?.kind === 'leakyRelu' ? block.activation.slope : 0;
  const full = windows ? unpooled(windows, leaky > 0 ? on : all) : all;
  const either = { full, low: windows ? 0 : leaky, on: passes(block, leaky), windows };
  const deltas = settleMisread(conv, first.values, first.deltas, either);
  const last = deltas === first.deltas ? first : solveBelow(conv, deltas);
  if (!last) return `${name} is singular`;
  const step: StackStep = {
    layer: block.level,
    kind: windows ? 'pooled' : 'plain',
    condition: last.condition,
    residual: missedBy(last, conv),
    rounds: first.rounds,
  };
  const planes = toPlanes(last.values, layer.input);
  const below: Known = {
    level: block.level,
    values: positive ? rectified(planes) : planes,
    deltas: toPlanes(spread(taps, deltas, conv.weight), layer.input),
    error: Math.max(last.error, above.unit * largest(planes.data)),
    unit: above.unit,
  };
  return { step, below };
}

/** Misfit of a convolution's gradient, all filters together, relative to its size. */
function missedBy({ misfits }: Below, { sizes }: ConvGradient): number {
  return Math.hypot(...misfits.map((v, o) => v * sizes[o])) / Math.hypot(...sizes);
}

/** Filters whose pattern was misread stand out: without them, if enough are left. */
function robust(
  all: Below | null,
  deltas: DenseMatrix,
  conv: ConvGradient,
  noise: number,
): (Below & { deltas: DenseMatrix; rounds: number }) | null {
  let below = all && missedBy(all, conv) > explained(noise, all.condition) ? leastTrimmed(all, deltas, conv) : all;
  for (let turn = 0; turn < 3 && below; turn++) {
    const { misfits } = below;
    const limit = 10 * quantile(misfits, 0.3);
    const kept = [...misfits.keys()].filter((o) => misfits[o] <= limit);
    if (kept.length === misfits.length) break;
    if (conv.taps.seen.length * kept.length < 1.2 * conv.taps.entering) break;
    below = solveBelow(conv, deltas, kept);
  }
  return below && { ...below, deltas, rounds: 0 };
}

/**
 * Least trimmed squares (Rousseeuw 1984) by concentration: few misread positions of strong filters spoil all values so much that they do
 * not stand out; the half of the filters with the least misfits, solved and chosen again, leaves them behind.
 */
function leastTrimmed(all: Below, deltas: DenseMatrix, conv: ConvGradient): Below {
  const { seen, entering } = conv.taps;
  const most = all.misfits.length;
  const half = Math.max(Math.ceil(most / 2), Math.ceil((1.2 * entering) / seen.length));
  if (half >= most) return all;
  let below = all;
  for (let turn = 0; turn < 6; turn++) {
    const kept = [...below.misfits.keys()].sort((a, b) => below.misfits[a] - below.misfits[b]).slice(0, half);
    const next = solveBelow(conv, deltas, kept);
    if (!next || quantile(next.misfits, 0.3) >= quantile(below.misfits, 0.3)) break;
    below = next;
  }
  return below;
}
