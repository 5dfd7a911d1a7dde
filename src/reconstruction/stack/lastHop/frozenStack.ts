import { sizeOf } from '../../../model/layers/planes';
import type { Conv2dLayer, Layer } from '../../../types';
import { arena } from './arena';
import { frozenConv } from './frozenConv';
import { frozenPooling } from './frozenPooling';
import type { FrozenStage } from './frozenStage';
import { type Plane, planeAt, wordsOf } from './plane';
import { type Stage, stagesOf } from './stages';

/** The lower layers at work on one sample, in float32; values are in the order of {@link PlaneShape}. */
export interface FrozenStack {
  /** how many numbers enter and leave */
  readonly inputs: number;
  readonly outputs: number;
  /** what leaves, a last ReLU left out; the array is used again by the next call */
  forward(x: Float64Array): Float32Array;
  /** keeps the patterns of the last forward pass for the two products, and among what leaves only where `used` is not zero */
  freeze(used: Uint8Array): void;
  /** Jᵀ J p of what is used, into `target` */
  normal(p: Float64Array, target: Float64Array): void;
  /** Jᵀ r, into `target`; r counts where it is used */
  transposedTimes(r: ArrayLike<number>, target: Float64Array): void;
}

/** Gets the layers ready: weights are packed and memory is taken once. */
export function frozenStack(layers: readonly Layer[]): FrozenStack {
  const stages = stagesOf(layers);
  const planes = planesOf(stages);
  const memory = arena();
  const words = planes[planes.length - 1].start + planes[planes.length - 1].words;
  const sets = { values: memory.take(words), up: memory.take(words), down: memory.take(words) };
  const frozen = stages.map((stage, k): FrozenStage => {
    const both = [planes[k], planes[k + 1]] as const;
    return stage.map?.kind === 'conv2d'
      ? frozenConv(stage as Stage & { map: Conv2dLayer }, both, memory, sets)
      : frozenPooling(stage as Parameters<typeof frozenPooling>[0], both, memory, sets);
  });
  const [bottom, top] = [wordsOf(planes[0]), wordsOf(planes[planes.length - 1])];
  const fromPlanes = channelsLast(stages[stages.length - 1]);
  const z = new Float32Array(top.length);
  const write = (values: ArrayLike<number>, at: Int32Array, set: number): void => {
    for (let k = 0; k < at.length; k++) memory.f32[set + at[k]] = values[k];
  };
  const read = (target: Float64Array | Float32Array, at: Int32Array, set: number): void => {
    for (let k = 0; k < at.length; k++) target[k] = memory.f32[set + at[k]];
  };
  const down = (target: Float64Array): void => {
    for (let k = frozen.length - 1; k >= 0; k--) frozen[k].down();
    read(target, bottom, sets.down);
  };
  return {
    inputs: bottom.length,
    outputs: top.length,
    forward(x) {
      write(x, bottom, sets.values);
      for (const stage of frozen) stage.forward();
      read(z, top, sets.values);
      return z;
    },
    freeze(used) {
      frozen.forEach((stage, k) => {
        if (k < frozen.length - 1) stage.freeze();
        else stage.freeze((j) => used[fromPlanes[j]] !== 0);
      });
    },
    normal(p, target) {
      write(p, bottom, sets.up);
      for (const stage of frozen) stage.up();
      const { start, words: length } = planes[planes.length - 1];
      memory.f32.copyWithin(sets.down + start, sets.up + start, sets.up + start + length);
      down(target);
    },
    transposedTimes(r, target) {
      write(r, top, sets.down);
      down(target);
    },
  };
}

/** What enters each stage, and what leaves the last one, one behind the other; padded as the convolution above needs. */
function planesOf(stages: readonly Stage[]): Plane[] {
  const planes: Plane[] = [];
  let start = 0;
  for (let k = 0; k <= stages.length; k++) {
    const map = stages[k]?.map;
    const shape = k < stages.length ? stages[k].input : stages[k - 1].output;
    const plane = planeAt(start, shape, map?.kind === 'conv2d' ? map.padding : 0);
    planes.push(plane);
    start += plane.words;
  }
  return planes;
}

/** Index in C x H x W of each result in the order of windows, channels side by side. */
function channelsLast({ output }: Stage): Int32Array {
  const { channels } = output;
  const each = sizeOf(output) / channels;
  return Int32Array.from({ length: sizeOf(output) }, (_, j) => (j % channels) * each + Math.floor(j / channels));
}
