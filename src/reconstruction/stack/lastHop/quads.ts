import { quadWords } from '../../../math/wasm/patchKernels';
import type { Choice, Raw } from './choice';
import type { Used } from './frozenStage';

/** What the lists of a convolution are made of, byte addresses. */
export interface ConvAddresses {
  /** patch at each position, in a set of planes */
  readonly patch: Int32Array;
  /** of each filter, then one of zeros, and where a leaky ReLU stands on them, each filter times its slope */
  readonly weight: Int32Array;
}

/** Words that a list may need: only the last quad of a position is not full. */
export function listWords(results: number, positions: number): number {
  return quadWords * (Math.ceil(results / 4) + positions);
}

/** The list of all outputs, position by position: the patch stays in the first cache, and the filters stream past it (3 times as fast as the other way). */
export function denseQuads(i32: Int32Array, list: number, raw: Raw, { patch, weight }: ConvAddresses): number {
  const { channels } = raw.shape;
  const nowhere = raw.start + patch.length * channels;
  let at = list;
  for (let p = 0; p < patch.length; p++)
    for (let o = 0; o < channels; o += 4, at += quadWords) {
      i32[at] = patch[p];
      for (let i = 0; i < 4; i++) {
        const there = o + i < channels;
        i32[at + 1 + i] = weight[there ? o + i : channels];
        i32[at + 5 + i] = 4 * (there ? raw.start + p * channels + o + i : nowhere);
      }
    }
  return (at - list) / quadWords;
}

/** The list of the chosen outputs, position by position (a counting sort); results that are not used are left out. */
export function appendQuads(
  i32: Int32Array,
  list: number,
  { position, low, word }: Choice,
  {
    addresses,
    channels,
    used,
    nowhere,
  }: { readonly addresses: ConvAddresses; readonly channels: number; readonly used: Used; readonly nowhere: number },
): number {
  const { patch, weight } = addresses;
  const filter = (j: number): number => (low[j] ? channels + 1 : 0) + (j % channels);
  const end = new Int32Array(patch.length + 1);
  for (let j = 0; j < word.length; j++) if (position[j] >= 0 && used(j)) end[position[j] + 1]++;
  for (let p = 0; p < patch.length; p++) end[p + 1] += end[p];
  const sorted = new Int32Array(end[patch.length]);
  const next = end.slice();
  for (let j = 0; j < word.length; j++) if (position[j] >= 0 && used(j)) sorted[next[position[j]]++] = j;
  let at = list;
  for (let p = 0; p < patch.length; p++)
    for (let k = end[p]; k < end[p + 1]; k += 4, at += quadWords) {
      i32[at] = patch[p];
      for (let i = 0; i < 4; i++) {
        const there = k + i < end[p + 1];
        i32[at + 1 + i] = weight[there ? filter(sorted[k + i]) : channels];
        i32[at + 5 + i] = 4 * (there ? word[sorted[k + i]] : nowhere);
      }
    }
  return (at - list) / quadWords;
}
