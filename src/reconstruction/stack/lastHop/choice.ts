import { outputShape } from '../../../model/layers/planes';
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
  /** position of the largest value of the window; -1 where ReLU silences it */
  readonly position: Int32Array;
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
  return { position: new Int32Array(word.length), word };
}

/** Chooses by the values of the map, and writes what leaves the stage. */
export function choose(
  { pool, relu, output }: Stage,
  { shape, start, bias }: Raw,
  { position, word }: Choice,
  f32: Float32Array,
  set: number,
): void {
  const { size, stride } = pool ?? { size: 1, stride: 1 };
  const { channels, width } = shape;
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
        const silent = relu && !(value > 0);
        position[j] = silent ? -1 : best;
        f32[set + word[j]] = silent ? 0 : value;
      }
    }
}

/** Shape of what the stage's map gives. */
export function rawShape({ map, input }: Stage): PlaneShape {
  return map ? outputShape(map) : input;
}
