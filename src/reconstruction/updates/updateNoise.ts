import { row } from '../../math/matrix';
import type { AffineLayer, ModelUpdate } from '../../types';

/** Variance of the entries of (before - after) / rate that the rounding of the client's weights leaves: one a row, and one a bias. */
export interface UpdateNoise {
  readonly weight: readonly Float64Array[];
  readonly bias: readonly Float64Array[];
}

/**
 * Every step rounds each weight to its last place: an error that is uniform over one such place, so its variance is the square over 12,
 * and steps add up (method 12).
 *
 * @param steps that the client took
 */
export function updateNoise({ before, after, rate, precision }: ModelUpdate, steps: number): UpdateNoise {
  const unit = precision === 'float32' ? 2 ** -23 : 2 ** -52;
  const scale = steps / 12 / rate ** 2;
  const pairs = before.dense.map((layer, i): [AffineLayer, AffineLayer] => [layer, after.dense[i]]);
  return {
    weight: pairs.map(([a, b]) =>
      Float64Array.from({ length: a.weight.rows }, (_, j) => {
        const [x, y] = [row(a.weight, j), row(b.weight, j)];
        let sum = 0;
        for (let k = 0; k < x.length; k++) sum += lastPlace(x[k], y[k], unit) ** 2;
        return (scale * sum) / x.length;
      }),
    ),
    bias: pairs.map(
      ([{ bias: x }, { bias: y }]) => x?.map((v, j) => scale * lastPlace(v, y?.[j] ?? 0, unit) ** 2) ?? new Float64Array(0),
    ),
  };
}

/** Distance of neighbouring floats at the larger of two numbers, from its exponent. */
function lastPlace(x: number, y: number, unit: number): number {
  word[0] = Math.max(Math.abs(x), Math.abs(y));
  halves[1] &= 0x7ff00000;
  halves[0] = 0;
  return unit * word[0];
}

const word = new Float64Array(1);
/** little endian, as every machine that runs this */
const halves = new Uint32Array(word.buffer);
