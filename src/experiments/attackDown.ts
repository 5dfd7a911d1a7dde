import { norm, row } from '../math/matrix';
import { forward } from '../model/forward';
import { reconstructAsync } from '../reconstruction/reconstructAsync';
import { hasInput, type Reconstruction, recovered } from '../reconstruction/result';
import type { AveragedGradient, Batch, ConvNet, Watch } from '../types';
import { score } from '../verification/certificate/score';
import { partOfNetwork } from './partOfNetwork';

/** How {@link attackDown} runs. */
interface AttackDownOptions extends Watch {
  /** time for one attack */
  readonly seconds: number;
  readonly workers: number;
}

/** How far down an attack gets, held against the truth. */
export interface AttackedDown {
  /** the lowest level whose entering values were read right from the layer above it, or null when not even the head's were */
  readonly level: number | null;
  /** whether all inputs came out right, down the stack or by the last hop */
  readonly pictures: boolean;
  /** samples of which the attack on the head alone had features and label right */
  readonly headRead: number;
  /** answers called exact that are not right: to be zero */
  readonly false: number;
}

/** Relative error of a sample's values up to which they are right. */
const right = 1e-4;

/**
 * The attack on a convolutional network, asked for the values that enter the lowest of some levels, then, while they come out wrong, for
 * those at the level where it ended.
 *
 * @param levels indices in the stack, top down, the head's (the stack's length) first; 0 asks for the input
 * @throws AbortError when stopped by `signal`
 */
export async function attackDown(
  net: ConvNet,
  gradient: AveragedGradient,
  secret: Batch,
  levels: readonly number[],
  options: AttackDownOptions,
): Promise<AttackedDown> {
  const { values } = forward(net, secret.inputs);
  const M = secret.labels.length;
  let wrong = 0;
  let level = levels.at(-1);
  while (level !== undefined) {
    const asked: number = level;
    const part = partOfNetwork(net, gradient, asked);
    const found = await reconstructAsync(part.net, part.gradient, watched(options, `layer ${asked}`));
    options.signal?.throwIfAborted(); // an answer cut short is none of the experiment's
    const inputs = values[asked];
    const known = inputs ? rightSamples(found, { inputs, labels: secret.labels }) : 0;
    const ended = asked + (found.stack && found.stack.level >= 0 ? found.stack.level : Number.POSITIVE_INFINITY);
    if (known === M) return { level: ended, pictures: asked === 0, headRead: M, false: wrong };
    if (found.status === 'exact') wrong++;
    level = [...levels].reverse().find((l) => l > asked && l >= ended);
  }
  const arrays = gradient.gradients.length - net.head.dense.length;
  const ofHead = { ...gradient, gradients: gradient.gradients.slice(arrays) };
  const found = await reconstructAsync(net.head, ofHead, watched(options, 'the head alone'));
  options.signal?.throwIfAborted();
  const inputs = values[net.stack.length];
  const headRead = inputs ? rightSamples(found, { inputs, labels: secret.labels }) : 0;
  return { level: null, pictures: false, headRead, false: wrong };
}

/** True samples that the answer has right, label and all. */
function rightSamples(found: Reconstruction, truth: Batch): number {
  if (!found.samples.some(hasInput)) return 0;
  return score(recovered(found), truth).pairs.filter(({ truth: m, mse, labelMatches }) => {
    const x = row(truth.inputs, m);
    return labelMatches && Math.sqrt(mse * x.length) <= right * norm(x);
  }).length;
}

function watched({ onProgress, ...options }: AttackDownOptions, what: string): AttackDownOptions {
  return { ...options, ...(onProgress && { onProgress: (f, note) => onProgress(f, `${what}: ${note}`) }) };
}
