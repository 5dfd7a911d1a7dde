import assert from 'node:assert/strict';
import type { AffineLayer } from '../../src/types';

/** ||a - b|| / ||b|| over all weights and biases. */
export function relativeError(a: readonly AffineLayer[], b: readonly AffineLayer[]): number {
  const [x, y] = [flat(a), flat(b)];
  if (x.length !== y.length) return Number.POSITIVE_INFINITY;
  return Math.hypot(...x.map((v, k) => v - (y[k] as number))) / Math.hypot(...y);
}

function flat(layers: readonly AffineLayer[]): number[] {
  return layers.flatMap(({ weight, bias }) => [...weight.data, ...(bias ?? [])]);
}

/** A copy with one entry changed. */
export function replaced(values: Float64Array, at: number, value: number): Float64Array {
  const copy = values.slice();
  copy[at] = value;
  return copy;
}

/** Fails unless the numbers agree within a relative tolerance. */
export function close(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.abs(expected), `${actual} is not ${expected}`);
}
