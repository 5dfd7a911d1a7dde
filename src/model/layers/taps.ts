import type { PatchGeometry } from './patches';
import { windowsAlong } from './planes';

/** Where a convolution looks, for M samples at once, positions of all samples counted through. */
export interface Taps {
  /** for each tap of the kernel (row-major): the entering position that each leaving one sees there, -1 outside the plane */
  readonly seen: readonly Int32Array[];
  /** M H W */
  readonly entering: number;
  readonly leaving: number;
}

export function tapsOf({ input, kernel, stride, padding }: PatchGeometry, samples: number): Taps {
  const { height, width } = input;
  const rows = windowsAlong(height, kernel, stride, padding);
  const columns = windowsAlong(width, kernel, stride, padding);
  const leaving = samples * rows * columns;
  const seen = Array.from({ length: kernel * kernel }, (_, tap) => {
    const [a, b] = [Math.floor(tap / kernel), tap % kernel];
    return Int32Array.from({ length: leaving }, (_, q) => {
      const [m, place] = [Math.floor(q / (rows * columns)), q % (rows * columns)];
      const y = Math.floor(place / columns) * stride - padding + a;
      const x = (place % columns) * stride - padding + b;
      return y < 0 || y >= height || x < 0 || x >= width ? -1 : (m * height + y) * width + x;
    });
  });
  return { seen, entering: samples * height * width, leaving };
}

/**
 * Equations and unknowns of each channel where counting is tightest. All taps together give k k out equations for all positions, but
 * positions that only some taps see have only theirs: under a stride of two, a quarter of them is seen by the middle tap alone.
 */
export function tightest({ seen, entering }: Taps, filters: number): { equations: number; unknowns: number } {
  const own = Array.from({ length: entering }, () => new Set<number>());
  seen.forEach((at, t) => {
    for (const p of at) if (p >= 0) own[p].add(t);
  });
  const kinds = new Map(own.map((taps) => [[...taps].join(), taps]));
  const whole = { equations: seen.length * filters, unknowns: entering };
  return [...kinds.values()].reduce((least, taps) => {
    const unknowns = own.filter((some) => [...some].every((t) => taps.has(t))).length;
    const equations = taps.size * filters;
    return equations * least.unknowns < least.equations * unknowns ? { equations, unknowns } : least;
  }, whole);
}
