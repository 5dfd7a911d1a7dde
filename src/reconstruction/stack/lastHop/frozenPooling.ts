import type { AveragePoolLayer } from '../../../types';
import type { Arena } from './arena';
import { choiceOf, choose, rawShape } from './choice';
import { type FrozenStage, type Sets, usedEverywhere } from './frozenStage';
import { type Plane, wordOf } from './plane';
import type { Stage } from './stages';

/** A stage without weights: means of windows, or single values, and what is chosen of them. */
export function frozenPooling(
  stage: Stage & { readonly map?: AveragePoolLayer },
  [below, above]: readonly [Plane, Plane],
  memory: Arena,
  sets: Sets,
): FrozenStage {
  const shape = rawShape(stage);
  const raw = {
    shape,
    bias: new Float32Array(shape.channels),
    start: memory.take(shape.channels * shape.height * shape.width),
  };
  const choice = choiceOf(stage, above);
  const { size, stride } = stage.map ?? { size: 1, stride: 1 };
  const { channels, width } = shape;
  /** words of the window at a position, first channel */
  const windows = Array.from({ length: shape.height * width }, (_, p) =>
    Array.from({ length: size * size }, (_, t) =>
      wordOf(below, Math.floor(p / width) * stride + Math.floor(t / size), (p % width) * stride + (t % size)),
    ),
  );
  const share = 1 / (size * size);
  const slope = stage.activation?.kind === 'leakyRelu' ? stage.activation.slope : 0;
  const passed = (j: number): number => (choice.low[j] ? slope : 1);
  let kept = new Int32Array(0);
  const mean = (set: number, position: number, channel: number): number =>
    share * windows[position].reduce((sum, word) => sum + memory.f32[set + word + channel], 0);
  return {
    forward() {
      for (let p = 0; p < windows.length; p++)
        for (let c = 0; c < channels; c++) memory.f32[raw.start + p * channels + c] = mean(sets.values, p, c);
      choose(stage, raw, choice, memory.f32, sets.values);
    },
    freeze(used = usedEverywhere) {
      kept = Int32Array.from(choice.word.keys()).filter((j) => choice.position[j] >= 0 && used(j));
      memory.f32.fill(0, sets.up + above.start, sets.up + above.start + above.words);
    },
    up() {
      for (const j of kept)
        memory.f32[sets.up + choice.word[j]] = passed(j) * mean(sets.up, choice.position[j], j % channels);
    },
    down() {
      const { f32 } = memory;
      f32.fill(0, sets.down + below.start, sets.down + below.start + below.words);
      for (const j of kept)
        for (const word of windows[choice.position[j]])
          f32[sets.down + word + (j % channels)] += passed(j) * share * f32[sets.down + choice.word[j]];
    },
  };
}
