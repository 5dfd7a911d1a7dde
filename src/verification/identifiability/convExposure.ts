import { check, isCount } from '../../check';
import { exclusivityState } from '../../exclusivity/exclusivityState';
import { forward } from '../../model/forward';
import { isActivation } from '../../model/layers';
import { sizeOf } from '../../model/layers/planes';
import { SIX } from '../../model/layers/relu6';
import type { Batch, ConvNet, Mlp } from '../../types';
import { type Conditioning, conditioning } from './conditioning';
import { type CountingLimit, countingLimits, headLimit } from './countingLimits';
import type { Exposure } from './exposure';

/** Something that an attack has to pass on its way from the gradient to the input. */
export interface Gate {
  /** 'head', 'block n' (1 is the lowest), or 'last hop': from the features known, sample by sample, to the input */
  readonly gate: string;
  /** index in the stack of the layer whose entering values lie behind it; 0 is the input */
  readonly layer: number;
  /** false: nothing shows that an attack passes, which is no claim of safety */
  readonly open: boolean;
  readonly reason: string;
}

/** What a network with convolutions would give away, before any attack; plain values, so that it can be written as JSON. */
export interface ConvExposure {
  /** M */
  readonly size: number;
  /** all of them, in the order in which they are met; a closed convolution leads to the last hop, a closed head to nothing */
  readonly gates: readonly Gate[];
  /** where the way down ends before the input: a gate with its reason; null when the input itself follows */
  readonly stops: Gate | null;
  /** index in the stack of the lowest layer whose entering values follow: 0 is the input, null when not even the head's follow */
  readonly level: number | null;
  /** whether inputs follow, down the stack or by the last hop, as far as counting and conditioning tell */
  readonly exposed: boolean;
  readonly convolutions: readonly CountingLimit[];
  /** the linear systems, the head's first; null without a batch */
  readonly systems: readonly Conditioning[] | null;
  /** neurons that one sample alone activates, per sample, in each hidden layer of the head; null without a batch or a hidden layer */
  readonly exclusive: readonly number[] | null;
  /**
   * of the head as a network of its own, whose samples are the batch's flattened features; null also where its system is singular, which
   * closes it
   */
  readonly head: Exposure | null;
  readonly note: string;
}

/** Relative error of a layer's values up to which they count as known. */
const known = 1e-3;

const note = 'a closed gate says that these attacks end there: not recovered does not mean safe, others may go further';

/** {@link exposure} of a network with convolutions; `ofHead` is that of its head. */
export function convExposure(
  net: ConvNet,
  batch: Batch | { readonly size: number },
  ofHead: (head: Mlp, features: Batch) => Exposure,
): ConvExposure {
  const samples = 'inputs' in batch ? batch : null;
  const size = 'inputs' in batch ? batch.inputs.rows : batch.size;
  check(isCount(size), () => `exposure: size is ${size}, expected a positive integer`);
  const systems = samples && conditioning(net, samples);
  const values = samples && forward(net, samples.inputs).values;
  const hidden = net.head.dense.length > 1;
  const top = net.stack.length;
  const systemAt = (layer: number): Conditioning | null => systems?.find((s) => s.layer === layer) ?? null;
  const features = values && samples && hidden ? { inputs: values[top], labels: samples.labels } : null;
  const exclusive = features && meanExans(net.head, features);
  // samples whose deltas are dependent close the head, and would take the analysis of the head minutes
  const head = features && systemAt(top)?.error ? ofHead(net.head, features) : null;
  const convolutions = countingLimits(net);
  const first: Gate = {
    gate: 'head',
    layer: top,
    ...headGate(net.head, size, { head, exclusive, system: systemAt(top) }),
  };
  const blocks = convolutions.map((limit): Gate => {
    return { gate: `block ${limit.block}`, layer: limit.layer, ...blockGate(limit, size, systemAt(limit.layer)) };
  });
  const closed = blocks.find(({ open }) => !open) ?? null;
  const passed = closed ? blocks[blocks.indexOf(closed) - 1] : blocks[blocks.length - 1];
  const reached = passed?.layer ?? top;
  const gates = [first, ...blocks];
  const hop = reached > 0 ? lastHopGate(net, reached, values?.[reached] ?? null) : null;
  if (hop) gates.push(hop);
  return {
    ...{ size, gates, stops: first.open ? (closed ?? (reached > 0 ? hop : null)) : first },
    level: first.open ? reached : null,
    exposed: first.open && (hop?.open ?? true),
    ...{ convolutions, systems, exclusive, head, note },
  };
}

type Judged = Pick<Gate, 'open' | 'reason'>;

/**
 * The head gives its features away when all samples but one are exposed, or become exclusive once others are taken away (the last one
 * follows, method 4.3), and the features are known to better than {@link known}.
 */
function headGate(
  net: Mlp,
  size: number,
  { head, exclusive, system }: Pick<ConvExposure, 'head' | 'exclusive'> & { readonly system: Conditioning | null },
): Judged {
  const most = headLimit(net);
  if (most === 0)
    return { open: false, reason: 'it has no hidden layer, whose exclusive neurons and zeros could be read' };
  if (!exclusive)
    return {
      open: size <= most,
      reason: `the zeros of its last hidden layer tell samples apart up to about M = ${most}`,
    };
  const judged = conditioned(system);
  const alone = `neurons that one sample alone activates: ${exclusive.map((n) => n.toFixed(1)).join(', ')} a sample`;
  if (!head) return { open: false, reason: `${alone}; ${judged.reason}` };
  const told = head.samples.filter(
    ({ verdict, peeledInRound }) => verdict !== 'not-unique' && (verdict !== 'undetermined' || peeledInRound > 0),
  ).length;
  const enough = told === size || (told === size - 1 && head.supports.rank === size);
  const reason = `${told} of ${size} samples are exposed; ${alone}; ${judged.reason}`;
  return { open: enough && judged.open, reason };
}

function meanExans(head: Mlp, features: Batch): number[] {
  const { counts } = exclusivityState(head, features);
  return head.dense.slice(1).map((_, i) => counts.reduce((sum, c) => sum + c[i], 0) / counts.length);
}

function blockGate(
  { kind, equations, unknowns, largest }: CountingLimit,
  size: number,
  system: Conditioning | null,
): Judged {
  if (kind === 'refused') return { open: false, reason: 'the pooling or sigmoid on it hides which positions were on' };
  const counted = `${equations} equations for ${unknowns * size} unknowns of each channel, enough up to M = ${largest}`;
  if (size > largest || !system) return { open: size <= largest, reason: counted };
  const judged = conditioned(system);
  return { open: judged.open, reason: `${counted}; ${judged.reason}` };
}

function conditioned(system: Conditioning | null): Judged {
  if (!system?.error || system.condition === null) return { open: false, reason: 'its system is singular' };
  const { condition, error } = system;
  const reason = `condition ${condition.toExponential(0)}: from float32 its values are known to ${error.float32.toExponential(0)}`;
  return { open: error.float32 <= known, reason };
}

/** @param features those of the batch that enter the layer (M x C H W), or null when there is none */
function lastHopGate(net: ConvNet, layer: number, features: Batch['inputs'] | null): Gate {
  const unknowns = sizeOf(net.input);
  const most = features?.columns ?? enteringSize(net, layer);
  const last = net.stack.slice(0, layer).filter(isActivation).pop();
  const end = last?.kind === 'relu6' ? SIX : Number.POSITIVE_INFINITY;
  const told = (v: number): boolean => last?.kind === 'leakyRelu' || (0 < v && v < end);
  const active = features
    ? Array.from(
        { length: features.rows },
        (_, m) => features.data.subarray(m * most, (m + 1) * most).filter(told).length,
      )
    : null;
  const equations = active ? Math.min(...active) : most;
  const which = active ? 'features that are on in the sample with the fewest' : 'features, on or not';
  const reason = `${equations} ${which}, for ${unknowns} entries of its input`;
  return { gate: 'last hop', layer: 0, open: equations >= unknowns, reason };
}

/** How many values enter a layer of the stack, or the head. */
function enteringSize({ stack, head }: ConvNet, layer: number): number {
  const next = stack.slice(layer).find((l) => 'input' in l);
  return next ? sizeOf(next.input) : head.widths[0];
}
