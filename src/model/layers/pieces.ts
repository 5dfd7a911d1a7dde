import type { DenseMatrix, PiecewiseLinear } from '../../types';
import { SIX } from './relu6';

/** What a piecewise linear activation does on its pieces, entry by entry: a neuron's factor is its derivative. */
export interface Pieces {
  /** derivative of neuron j at pre-activation z */
  factor(z: number, j: number): number;
  /** the same, told by the value that leaves; a slope must not be negative */
  factorOf(value: number, j: number): number;
  /** value at z on the piece with this derivative; where two have it, on the one nearer to z */
  value(z: number, factor: number): number;
  /** derivative of neuron j where it does not fire; where it does it is 1 */
  off(j: number): number;
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
      off: () => 0,
      kinks: [0, SIX],
    };
  }
  const off = offOf(activation);
  const factor = (z: number, j: number): number => (z > 0 ? 1 : off(j));
  return { factor, factorOf: factor, value: (z, own) => own * z, off, kinks: [0] };
}

function offOf(activation: Exclude<PiecewiseLinear, { kind: 'relu6' }>): (j: number) => number {
  if (activation.kind === 'prelu') {
    const { slopes } = activation;
    return (j) => slopes[j];
  }
  const slope = activation.kind === 'leakyRelu' ? activation.slope : 0;
  return () => slope;
}

/** Derivatives at pre-activations, or told by the values that leave (M x n). */
export function factorsOf(activation: PiecewiseLinear, values: DenseMatrix, by: 'entering' | 'leaving'): DenseMatrix {
  const { factor, factorOf } = piecesOf(activation);
  const n = values.columns;
  const own = by === 'entering' ? factor : factorOf;
  return { ...values, data: values.data.map((v, k) => own(v, k % n)) };
}

/** Values that leave, each on the piece with the given derivative. */
export function valuesOn(activation: PiecewiseLinear, z: DenseMatrix, factors: DenseMatrix): DenseMatrix {
  const { value } = piecesOf(activation);
  return { ...z, data: z.data.map((v, k) => value(v, factors.data[k])) };
}
