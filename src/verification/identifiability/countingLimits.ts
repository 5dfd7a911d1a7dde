import { isActivation } from '../../model/layers';
import { tapsOf, tightest } from '../../model/layers/taps';
import type { ConvNet, Mlp } from '../../types';

/** How far equations go for one convolution: its weight gradient against the values that entered it. */
export interface CountingLimit {
  /** index in the stack */
  readonly layer: number;
  /** 1 is the lowest; a block ends with the convolution that is pooled or strides */
  readonly block: number;
  /** `pooled`: max pooling hides which position of each window won; `refused`: what stands on it hides more, and no attack here goes on */
  readonly kind: 'plain' | 'pooled' | 'refused';
  /** k k C_out, the same for each channel that entered; fewer where positions that only some taps see are the ones that lack them */
  readonly equations: number;
  /** H W, or how many of these positions there are, for each sample of the batch */
  readonly unknowns: number;
  /** largest batch size M for which the equations suffice */
  readonly largest: number;
}

/**
 * The largest batch for which each convolution has equations enough to be read from its gradient once its deltas are known (method 11):
 * k k C_out of them for M H W unknowns, and 1.2 times as many below max pooling, whose winners are to be found as well. Under a stride
 * of two a quarter of the positions has only C_out, those of the middle tap. Necessary, not sufficient, and no batch is needed to say so.
 *
 * @returns one for each convolution, top down: the order in which an attack meets them
 * @example
 * countingLimits(vgg13()).map(({ block, largest }) => [block, largest]);
 * // => [[5, 960], [5, 1152], [4, 240], [4, 288], [3, 30], [3, 36], [2, 3], [2, 4], [1, 0], [1, 0]]
 */
export function countingLimits({ stack }: ConvNet): CountingLimit[] {
  const limits: CountingLimit[] = [];
  let block = 1;
  stack.forEach((conv, layer) => {
    if (conv.kind !== 'conv2d') return;
    const next = stack.findIndex(({ kind }, k) => k > layer && kind === 'conv2d');
    const above = stack.slice(layer + 1, next < 0 ? stack.length : next);
    const kind = kindUnder(above);
    const { equations, unknowns } = tightest(tapsOf(conv, 1), conv.weight.rows);
    // in whole numbers: 1.2 is none
    const [times, over] = kind === 'pooled' ? [5, 6] : [1, 1];
    const largest = kind === 'refused' ? 0 : Math.floor((times * equations) / (over * unknowns));
    limits.push({ layer, block, kind, equations, unknowns, largest });
    if (conv.stride > 1 || above.some((l) => 'size' in l && l.stride > 1)) block++;
  });
  return limits.reverse();
}

/** What the layers between a convolution and the next one leave of its activation pattern. */
function kindUnder(above: ConvNet['stack']): CountingLimit['kind'] {
  if (above.some(({ kind }) => kind === 'sigmoid')) return 'refused'; // never off: no pattern
  const pools = above.filter((layer) => !isActivation(layer));
  const [pool] = pools;
  if (!pool) return 'plain';
  const understood = pools.length === 1 && pool.kind === 'maxPool' && pool.stride >= pool.size;
  return understood && pools.length < above.length ? 'pooled' : 'refused';
}

/** About the largest batch whose samples the zeros of the last hidden layer tell apart, M < n/2 (method 7); 0 without a hidden layer. */
export function headLimit({ widths }: Mlp): number {
  return widths.length > 2 ? Math.ceil(widths[widths.length - 2] / 2) - 1 : 0;
}
