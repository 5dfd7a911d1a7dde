import { type Kernels, workspace } from '../../../math/wasm/instance';

/** Memory of the kernels, counted in words of four bytes, from which parts are taken and never given back. */
export interface Arena {
  readonly kernels: Kernels;
  /** takes so many words, all zero: index of the first */
  take(words: number): number;
  /** all that was taken so far, as numbers; ask again after {@link take}, which may move it */
  readonly f32: Float32Array;
  /** the same words as integers */
  readonly i32: Int32Array;
}

/** An empty arena of its own. */
export function arena(): Arena {
  const space = workspace();
  let taken = 0;
  let [f32, i32] = [space.f32(0, 0), space.i32(0, 0)];
  return {
    kernels: space.kernels,
    take(words) {
      const first = taken;
      taken += words;
      space.reserve(4 * taken);
      f32 = space.f32(0, taken);
      i32 = space.i32(0, taken);
      return first;
    },
    get f32() {
      return f32;
    },
    get i32() {
      return i32;
    },
  };
}
