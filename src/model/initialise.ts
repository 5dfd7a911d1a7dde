import { check } from '../check';
import { matrix } from '../math/matrix';
import { normal, type Rng } from '../math/rng';
import type { AffineLayer, DenseMatrix } from '../types';

/** Names of the initialisers: PyTorch's default for Linear, He et al. 2015 (normal, fan-in), Glorot & Bengio 2010 (uniform). */
export type Initialiser = 'pytorch' | 'he' | 'xavier';

/**
 * One freshly initialised layer.
 *
 * - `pytorch`: weights and biases from U(-1/sqrt(in), 1/sqrt(in))
 * - `he`: weights from N(0, 2/in), biases 0
 * - `xavier`: weights from U(-s, s) with s = sqrt(6/(in + out)), biases 0
 *
 * @throws InputError for an unknown name
 */
export function initialise(
  kind: Initialiser,
  fanIn: number,
  fanOut: number,
  biases: boolean,
  uniform: Rng,
): AffineLayer {
  check(kind in spread, () => `initialise: init is ${kind}, expected one of ${Object.keys(spread).join(', ')}`);
  const { draw, bias } = spread[kind](fanIn, fanOut, uniform);
  const weight = drawn(fanOut, fanIn, draw);
  return biases ? { weight, bias: Float64Array.from({ length: fanOut }, () => bias()) } : { weight };
}

/** A matrix whose entries are drawn one after the other, row by row. */
export function drawn(rows: number, columns: number, draw: Rng): DenseMatrix {
  const result = matrix(rows, columns);
  for (let k = 0; k < result.data.length; k++) result.data[k] = draw();
  return result;
}

const spread: Record<
  Initialiser,
  (fanIn: number, fanOut: number, uniform: Rng) => { draw: () => number; bias: () => number }
> = {
  pytorch: (fanIn, _, uniform) => {
    const draw = () => (2 * uniform() - 1) / Math.sqrt(fanIn);
    return { draw, bias: draw };
  },
  he: (fanIn, _, uniform) => ({ draw: () => normal(uniform) * Math.sqrt(2 / fanIn), bias: () => 0 }),
  xavier: (fanIn, fanOut, uniform) => ({
    draw: () => (2 * uniform() - 1) * Math.sqrt(6 / (fanIn + fanOut)),
    bias: () => 0,
  }),
};
