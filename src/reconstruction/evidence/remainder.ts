import { axpy, norm, row } from '../../math/matrix';
import type { AveragedGradient, DenseMatrix } from '../../types';
import { homogeneous } from './homogeneous';
import type { KnownSample } from './knownSample';

/**
 * What is left of the gradient when the samples found so far are taken away. Taking a sample away makes neurons that it
 * shared with one other sample exclusive, so the attack goes on where the paper's stops.
 */
export interface Remainder {
  /** A_i minus the found samples' share, one row per neuron */
  readonly layers: readonly DenseMatrix[];
  /** per layer and row: norm of the shared row plus norms of all that was taken away, the scale of its rounding noise */
  readonly scales: readonly Float64Array[];
  /** relative noise per entry of the gradient */
  readonly noise: number;
}

export function remainderOf(gradient: AveragedGradient, noise: number): Remainder {
  const layers = gradient.gradients.map(homogeneous);
  const scales = layers.map((a) => Float64Array.from({ length: a.rows }, (_, j) => norm(row(a, j))));
  return { layers, scales, noise };
}

/** Takes a sample away from layers `from` (its level) up to, not including, `to`; changes the remainder in place. */
export function takeAway({ layers, scales }: Remainder, sample: KnownSample, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const a = layers[i];
    const f = sample.features[i].data;
    const size = Math.sqrt(norm(f) ** 2 + (a.columns > f.length ? 1 : 0));
    sample.deltas[i].data.forEach((delta, j) => {
      if (delta === 0) return;
      const target = row(a, j);
      axpy(-delta, f, target);
      if (a.columns > f.length) target[f.length] -= delta;
      const scale = scales[i];
      scale[j] += Math.abs(delta) * size;
    });
  }
}

/** Relative noise of each row's direction; 1 for a row that holds nothing but noise. */
export function rowNoise({ layers, scales, noise }: Remainder, layer: number): Float64Array {
  const a = layers[layer];
  return Float64Array.from({ length: a.rows }, (_, j) => {
    const size = norm(row(a, j));
    const level = (noise * scales[layer]?.[j]) / size;
    return size > 0 && level < 0.01 ? level : 1;
  });
}

/** ||what is left|| / ||what was shared and taken||, over the layers from `lowest` up. */
export function relativeRemainder({ layers, scales }: Remainder, lowest: number): number {
  let left = 0;
  let all = 0;
  for (let i = lowest; i < layers.length; i++) {
    left += norm(layers[i].data) ** 2;
    all += norm(scales[i]) ** 2;
  }
  return all === 0 ? 0 : Math.sqrt(left / all);
}

/** A remainder below this is rounding of what was taken away. */
export function remainderLimit(noise: number): number {
  return Math.max(1e-9, 300 * noise);
}
