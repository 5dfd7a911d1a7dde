import type { DenseMatrix, PiecewiseLinear } from '../../types';
import { SIX } from './relu6';

/** What a piecewise linear activation does on its pieces, entry by entry: a neuron's factor is its derivative. */
export interface Pieces {
  /** derivative at pre-activation z */
  factor(z: number): number;
  /** the same, told by the value that leaves */
  factorOf(value: number): number;
  /** value at z on the piece with this derivative; where two have it, on the one nearer to z */
  value(z: number, factor: number): number;
  /** derivative of a neuron that does not fire; of one that fires it is 1 */
  readonly off: number;
  /** pre-activations at which the derivative changes */
  readonly kinks: readonly number[];
}

/** The pieces of an activation; the derivative at a kink is that of the neuron that does not fire, as frameworks have it. */
export function piecesOf(activation: PiecewiseLinear): Pieces {
  if (activation.kind === 'relu6') {
    const between = (v: number): number => (0 < v && v < SIX ? 1 : 0);
    return {
      factor: between,
      factorOf: between,
      value: (z, factor) => (factor === 1 ? z : z > SIX / 2 ? SIX : 0),
      off: 0,
      kinks: [0, SIX],
    };
  }
  const off = activation.kind === 'leakyRelu' ? activation.slope : 0;
  const factor = (z: number): number => (z > 0 ? 1 : off);
  return { factor, factorOf: factor, value: (z, own) => own * z, off, kinks: [0] };
}

/** Derivatives at pre-activations, or told by the values that leave (M x n). */
export function factorsOf(activation: PiecewiseLinear, values: DenseMatrix, by: 'entering' | 'leaving'): DenseMatrix {
  const { factor, factorOf } = piecesOf(activation);
  return { ...values, data: values.data.map(by === 'entering' ? (z) => factor(z) : (v) => factorOf(v)) };
}

/** Values that leave, each on the piece with the given derivative. */
export function valuesOn(activation: PiecewiseLinear, z: DenseMatrix, factors: DenseMatrix): DenseMatrix {
  const { value } = piecesOf(activation);
  return { ...z, data: z.data.map((v, k) => value(v, factors.data[k])) };
}
