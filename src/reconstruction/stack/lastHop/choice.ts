import { outputShape } from '../../../model/layers/planes';
import { SIX } from '../../../model/layers/relu6';
import type { PlaneShape } from '../../../types';
import { type Plane, wordOf } from './plane';
import type { Stage } from './stages';

/** What the linear map of a stage gives, at all positions: position p, channel c at `start + p * channels + c`. */
export interface Raw {
  readonly shape: PlaneShape;
  readonly start: number;
  readonly bias: Float32Array;
}

/** Which positions the stage's results come from, result by result: windows row by row, channels of a window side by side. */
export interface Choice {
  /** position of the largest value of the window; -1 where the activation silences it */
  readonly position: Int32Array;
  /** 1 where a leaky ReLU lets only its slope pass */
  readonly low: Uint8Array;
  /** word of the result, counted from the start of a set of planes */
  readonly word: Int32Array;
}

/** No choice made yet. */
export function choiceOf({ output }: Stage, above: Plane): Choice {
  const { channels, height, width } = output;
  const word = Int32Array.from({ length: channels * height * width }, (_, j) => {
    const window = Math.floor(j / channels);
    return wordOf(above, Math.floor(window / width), window % width) + (j % channels);
  });
  return { position: new Int32Array(word.length), low: new Uint8Array(word.length), word };
}

/** Chooses by the values of the map, and writes what leaves the stage. */
export function choose(
  { pool, activation, output }: Stage,
  { shape, start, bias }: Raw,
  { position, low, word }: Choice,
  f32: Float32Array,
  set: number,
): void {
  const { size, stride } = pool ?? { size: 1, stride: 1 };
  const { channels, width } = shape;
  const slope = activation?.kind === 'leakyRelu' ? activation.slope : 0;
  const least = activation ? 0 : Number.NEGATIVE_INFINITY;
  const most = activation?.kind === 'relu6' ? SIX : Number.POSITIVE_INFINITY;
  let j = 0;
  for (let y = 0; y < output.height; y++)
    for (let x = 0; x < output.width; x++) {
      const first = y * stride * width + x * stride;
      for (let c = 0; c < channels; c++, j++) {
        let best = first;
        let value = f32[start + first * channels + c];
        for (let a = 0; a < size; a++)
          for (let b = 0; b < size; b++) {
            const at = first + a * width + b;
            const other = f32[start + at * channels + c];
            if (other > value) {
              best = at;
              value = other;
            }
          }
        value += bias[c];
        const below = !(value > least);
        const silent = (below && slope === 0) || value >= most;
        position[j] = silent ? -1 : best;
        low[j] = below ? 1 : 0;
        f32[set + word[j]] = below ? slope * value : Math.min(value, most);
      }
    }
}

/** Shape of what the stage's map gives. */
export function rawShape({ map, input }: Stage): PlaneShape {
  return map ? outputShape(map) : input;
}
