import { check } from '../check';
import { checkGradient } from '../gradient/checkGradient';
import { fromRows, isNear, row } from '../math/matrix';
import { isRelu } from '../model/checkActivation';
import { weightedLayers } from '../model/layers';
import type { AveragedGradient, ConvNet, Mlp, Watch } from '../types';
import { type Answer, wholeAnswer } from './answer/answer';
import { grownAnswer, sizeOf } from './answer/grownAnswer';
import { partialAnswer } from './answer/partialAnswer';
import { headOnly, stackAnswer } from './answer/stackAnswer';
import { unconfirmedAnswer } from './answer/unconfirmedAnswer';
import { nearly, type Pursued, type PursueOptions, pursue } from './columns/pursue';
import { runHere } from './columns/runHere';
import { type Evidence, gatherEvidence } from './evidence/evidence';
import { remainderOf } from './evidence/remainder';
import { featuresAt, type Sample } from './evidence/sample';
import { type WholeBatch, wholeBatch } from './fit/wholeBatch';
import { grow } from './rays/grow';
import { type Peeled, peel } from './rays/peel';
import type { Method, Reconstruction, RecoveredSample } from './result';
import { neverOff } from './stack/blocks';
import { throughStack } from './stack/throughStack';
import { type Limit, limitOf, type Working } from './working';

/** Options of {@link reconstruct}. */
export interface ReconstructOptions extends PursueOptions, Watch {
  /** time after which it hands over what it has. @default 60 */
  readonly seconds?: number;
  /** what is tried, in this order. @default ['exan', 'pursuit'] */
  readonly methods?: readonly Method[];
  /** length of samples in networks without biases: solved from the gradient, or the paper's 2/3 rule. @default 'solve' */
  readonly length?: 'solve' | 'paper';
  /** what the shared gradient was multiplied by, beside its reduction: a learning rate, a client's weight. @default 1 */
  readonly scale?: number;
  /** whether a noisy gradient is searched for approximate samples (seconds, where refusing takes milliseconds). @default true */
  readonly approximate?: boolean;
}

/**
 * Reads labels and inputs of the batch back from its averaged gradient: the attacker's view, which needs nothing else.
 * From a noisy, rounded or pruned gradient nothing is exact; samples then come as 'approximate', each with its error bar.
 *
 * @throws InputError when the gradient does not fit the model, is not finite, or is zero in every entry
 * @example
 * reconstruct(model, captureGradient(model, secret)).status;  // => 'exact'
 */
export function reconstruct(
  model: Mlp | ConvNet,
  gradient: AveragedGradient,
  options: ReconstructOptions = {},
): Reconstruction {
  return runHere(attacking(model, gradient, options));
}

/** The computation of {@link reconstruct}, for whoever drives it. */
export function attacking(
  model: Mlp | ConvNet,
  gradient: AveragedGradient,
  options: ReconstructOptions,
): Working<Reconstruction> {
  if (!('stack' in model)) return reconstructing(model, gradient, options);
  // with nothing below it the head is the whole network
  return model.stack.length === 0
    ? reconstructing(model.head, gradient, options)
    : throughHead(model, gradient, options);
}

/** The head, as a network of its own, then the stack below it. */
function* throughHead(net: ConvNet, gradient: AveragedGradient, options: ReconstructOptions): Working<Reconstruction> {
  const start = performance.now();
  checkGradient(net, gradient, 'reconstruct');
  const limit = limitOf(options.seconds ?? 60, options);
  const arrays = weightedLayers(net).length - net.head.dense.length;
  const ofHead = { ...gradient, gradients: gradient.gradients.slice(arrays) };
  const { onProgress } = options;
  const ofHeadOnly = {
    ...options,
    ...(onProgress && { onProgress: (f: number, note: string) => onProgress(0.1 * f, note) }),
  };
  const head = yield* reconstructing(net.head, ofHead, ofHeadOnly, true);
  const samples: readonly RecoveredSample[] = head.samples;
  const known = samples.filter((s) => s.status === 'exact' || s.status === 'approximate');
  const timed = (found: Reconstruction): Reconstruction => {
    const reason = found.status === 'exact' ? found.reason : withEnd(found.reason, limit);
    return { ...found, reason, seconds: (performance.now() - start) / 1e3 };
  };
  if (head.batchSize === null || known.length < head.batchSize)
    return timed(headOnly(head, neverOff(net.stack) ?? "the stack needs all of the head's samples"));
  const weight = (head.reduction === 'mean' ? 1 / head.batchSize : 1) * (head.scale ?? 1);
  const shares = new Float64Array(known.length).fill(weight);
  const below = yield* throughStack(net, gradient, known, shares, limit);
  return timed(stackAnswer(head, known, below));
}

/** evidence -> rays -> columns -> answer; the search's rounds are left to whoever drives it. */
function* reconstructing(
  model: Mlp,
  gradient: AveragedGradient,
  { scale = 1, ...options }: ReconstructOptions,
  stackBelow = false,
): Working<Reconstruction> {
  const start = performance.now();
  check(scale > 0 && scale < Infinity, () => `reconstruct: scale is ${scale}, expected a positive number`);
  if (options.box) checkBox(options.box, model, stackBelow);
  const seconds = (): number => (performance.now() - start) / 1e3;
  const limit = limitOf(options.seconds ?? 60, options);
  const evidence = gatherEvidence(model, gradient, scale, stackBelow);
  const { answer, pursued } = yield* evidence.added
    ? fromNoise(evidence, options, limit)
    : fromRounding(evidence, options, limit);
  const { starts = 0, hits = 0 } = pursued ?? {};
  const backend = starts > 0 ? 'wasm simd: float32 search, float64 algebra' : 'typed arrays, float64';
  const reason = answer.status === 'exact' ? answer.reason : withEnd(answer.reason, limit);
  const prior = options.box && starts > 0 && { prior: `every input lies in [${options.box.join(', ')}], as told` };
  return { ...answer, ...prior, reason, search: { starts, hits }, seconds: seconds(), backend };
}

/** A prior that would not be used is refused. */
function checkBox(box: readonly [number, number], model: Mlp, stackBelow: boolean): void {
  const { dense, widths } = model;
  const [low, high] = box;
  check(
    Number.isFinite(low) && Number.isFinite(high) && low < high && box.length === 2,
    () => `reconstruct: box is [${box.join(', ')}], expected two numbers, the lower one first`,
  );
  check(
    dense.length === 2 && dense[0]?.bias !== undefined && !stackBelow && isRelu(model) && widths[2] > 2,
    () =>
      'reconstruct: box is a prior for networks of one hidden ReLU layer with biases and three classes or more; leave it out',
  );
}

/** The reason, and why the search ended early if it did. */
function withEnd(reason: string, limit: Limit): string {
  const over = limit.over();
  return over === null || reason.includes(over) ? reason : `${reason}; ${over}`;
}

interface Outcome {
  readonly answer: Answer;
  readonly pursued: Pursued | null;
}

/** Where only rounding is in the way: exclusive neurons, then pattern pursuit for what they leave. */
function* fromRounding(
  evidence: Evidence,
  { methods = ['exan', 'pursuit'], length = 'solve', ...options }: ReconstructOptions,
  limit: Limit,
): Working<Outcome> {
  if (evidence.inconsistent)
    return { answer: nothingRead(evidence, 'inconsistent', evidence.inconsistent), pursued: null };
  const peeled =
    methods.includes('exan') && isRelu(evidence.model)
      ? yield* peel(evidence, limit)
      : { samples: [], left: remainderOf(evidence), systems: [] };
  const byRays =
    length === 'solve' || evidence.model.dense.some((l) => l.bias) ? yield* wholeOf(evidence, peeled, limit) : null;
  if (byRays && (byRays.agreement.holds || accountsForAll(evidence, byRays)))
    return { answer: wholeAnswer(evidence, byRays, () => 'exan'), pursued: null };
  // known up to their lengths, which no search can add
  const settled = byRays === null && peeled.samples.length > 0 && peeled.samples.every((s) => s.level === 0);
  const search = methods.includes('pursuit') && !settled;
  const pursued = search ? yield* pursue(evidence, peeled.samples, options, limit) : null;
  if (pursued?.unconfirmed) return { answer: unconfirmedAnswer(evidence, pursued, pursued.unconfirmed), pursued };
  if (!pursued?.batch) return { answer: partialAnswer(evidence, peeled, pursued, length), pursued };
  const { inputs } = pursued.batch;
  const how = (m: number): Method => (peeled.samples.some((s) => near(s, row(inputs, m))) ? 'exan' : 'pursuit');
  return { answer: wholeAnswer(evidence, pursued.batch, how), pursued };
}

/** Where noise was added: the same two, within error bars. */
function* fromNoise(
  evidence: Evidence,
  { methods = ['exan', 'pursuit'], approximate = true, ...options }: ReconstructOptions,
  limit: Limit,
): Working<Outcome> {
  const grown = approximate && methods.includes('exan') && isRelu(evidence.model) ? yield* grow(evidence, limit) : null;
  const whole = grown !== null && sizeOf(evidence, grown) === grown.samples.length;
  if (whole || !approximate || !methods.includes('pursuit'))
    return { answer: grownAnswer(evidence, grown, null), pursued: null };
  const pursued = yield* pursue(evidence, [], options, limit);
  const answer = pursued.batch
    ? wholeAnswer(evidence, pursued.batch, () => 'pursuit')
    : grownAnswer(evidence, grown, pursued);
  return { answer, pursued };
}

/** Under `mean` the weights count the batch, and a false sample would leave more: some true one is only known too badly for a proof. */
function accountsForAll({ unit }: Evidence, { agreement, copies, size, reduction }: WholeBatch): boolean {
  return reduction === 'mean' && size === copies.reduce((sum, c) => sum + c, 0) && agreement.residual < nearly * unit;
}

/** What exclusive neurons gave, as a guess of the whole batch; null when a sample is not known down to its input. */
function* wholeOf(evidence: Evidence, { samples, systems }: Peeled, limit: Limit): Working<WholeBatch | null> {
  if (samples.length === 0 || samples.some((s) => s.level > 0 || s.weight === null)) return null;
  const inputs = fromRows(samples.map((s) => featuresAt(s, 0)));
  const losses = fromRows(samples.map((s) => s.deltas[s.deltas.length - 1].data));
  const labels = Int32Array.from(samples, (s) => s.label);
  return yield* wholeBatch(evidence, { inputs, labels, losses, errors: samples.map((s) => s.error), systems }, limit);
}

/** Whether a sample is the one with this input. */
function near(sample: Sample, input: Float64Array): boolean {
  if (sample.level > 0) return false;
  return isNear(featuresAt(sample, 0), input, 1e-3);
}

function nothingRead(
  { gradient, misfit, scale }: Evidence,
  status: 'not-unique' | 'inconsistent',
  reason: string,
): Answer {
  return {
    status,
    method: 'exan',
    batchSize: null,
    samples: [],
    reason,
    noise: misfit,
    residual: 1,
    systems: [],
    reduction: gradient.reduction,
    scale,
  };
}
