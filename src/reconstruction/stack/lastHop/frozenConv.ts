import type { Conv2dLayer } from '../../../types';
import type { Arena } from './arena';
import { type Choice, choiceOf, choose, type Raw, rawShape } from './choice';
import { type FrozenStage, type Sets, usedEverywhere } from './frozenStage';
import { type Plane, wordOf } from './plane';
import { appendQuads, denseQuads, listWords } from './quads';
import type { Stage } from './stages';

/** A convolution and what is chosen of its outputs: only these are computed, by {@link patchDots} and its adjoint. */
export function frozenConv(
  stage: Stage & { readonly map: Conv2dLayer },
  [below, above]: readonly [Plane, Plane],
  memory: Arena,
  sets: Sets,
): FrozenStage {
  const { map } = stage;
  const shape = rawShape(stage);
  const positions = shape.height * shape.width;
  const run = map.kernel * map.input.channels;
  const pairs = Math.ceil(run / 8);
  const bias = Float32Array.from(map.bias ?? new Float64Array(shape.channels));
  const raw: Raw = { shape, bias, start: memory.take(positions * shape.channels + 1) };
  const addresses = {
    patch: patchesOf(stage, below, shape.width, positions),
    weight: packWeights(stage, pairs, memory),
  };
  const dense = memory.take(listWords(positions * shape.channels, positions));
  const denseCount = denseQuads(memory.i32, dense, raw, addresses);
  const choice: Choice = choiceOf(stage, above);
  const list = memory.take(listWords(choice.word.length, positions));
  let quads = 0;
  const kernel = (name: 'patchDots' | 'patchSpread', at: number, count: number, bases: readonly number[]): void =>
    memory.kernels[name](4 * at, count, map.kernel, pairs, 4 * (below.row - 8 * pairs), 4 * bases[0], 4 * bases[1]);
  return {
    forward() {
      kernel('patchDots', dense, denseCount, [sets.values, 0]);
      choose(stage, raw, choice, memory.f32, sets.values);
    },
    freeze(used = usedEverywhere) {
      quads = appendQuads(memory.i32, list, choice, {
        addresses,
        channels: shape.channels,
        used,
        nowhere: above.nowhere,
      });
      memory.f32.fill(0, sets.up + above.start, sets.up + above.start + above.words);
    },
    up: () => kernel('patchDots', list, quads, [sets.up, sets.up]),
    down() {
      memory.f32.fill(0, sets.down + below.start, sets.down + below.start + below.words);
      kernel('patchSpread', list, quads, [sets.down, sets.down]);
    },
  };
}

function patchesOf({ map }: { readonly map: Conv2dLayer }, below: Plane, width: number, positions: number): Int32Array {
  return Int32Array.from({ length: positions }, (_, p) => {
    const [y, x] = [Math.floor(p / width), p % width];
    return 4 * wordOf(below, y * map.stride - map.padding, x * map.stride - map.padding);
  });
}

/** Filters as runs for each row of the kernel, channels of a tap side by side, and one of zeros: their addresses, see {@link ConvAddresses}. */
function packWeights(
  { map: { weight, kernel, input }, activation }: Stage & { readonly map: Conv2dLayer },
  pairs: number,
  memory: Arena,
): Int32Array {
  const each = kernel * 8 * pairs;
  const leaky = activation?.kind === 'leakyRelu';
  const count = (leaky ? 2 : 1) * weight.rows + 1;
  const start = memory.take(count * each);
  const write = (o: number, at: number, factor: number): void => {
    for (let c = 0; c < input.channels; c++)
      for (let a = 0; a < kernel; a++)
        for (let b = 0; b < kernel; b++)
          memory.f32[start + at * each + a * 8 * pairs + b * input.channels + c] =
            factor * weight.data[o * weight.columns + (c * kernel + a) * kernel + b];
  };
  for (let o = 0; o < weight.rows; o++) {
    write(o, o, 1);
    if (leaky) write(o, weight.rows + 1 + o, activation.slope);
  }
  return Int32Array.from({ length: count }, (_, o) => 4 * (start + o * each));
}
