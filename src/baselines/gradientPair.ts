import { type Direction, type Factors, weightGradient } from '../gradient/gradientMap';
import { columnSums, dot } from '../math/matrix';
import type { Arithmetic } from '../model/arithmetic';
import type { AffineLayer, DenseMatrix } from '../types';

/** One layer's gradient g of a guess beside the shared one, s. */
export interface Pair {
  /** <g, g> */
  readonly square: number;
  /** <g, s> */
  readonly along: number;
  /** a g + b s */
  readonly combined: (a: number, b: number) => Direction;
}

/** The pair of a layer; a dense layer's gradient is not formed. */
export function pairOf(own: Factors, shared: AffineLayer, arithmetic: Arithmetic): Pair {
  return own.layer.kind === 'dense' ? ofFactors(own, shared, arithmetic) : ofArrays(own, shared, arithmetic);
}

/**
 * For g = Dᵀ [F, 1] of few samples everything follows from products as wide as the batch: <g, g> from D Dᵀ and F Fᵀ, <g, s> from
 * F Sᵀ, and what a layer with weights a g + b s does from these and D S. That is what makes an iteration cheap: g is as large as the
 * layer, and would be formed, read three times and packed twice.
 */
function ofFactors(
  { entering: F, delta: D }: Factors,
  { weight: S, bias: s }: AffineLayer,
  { product }: Arithmetic,
): Pair {
  const [ofF, ofD] = [product(F, F, { b: true }), product(D, D, { b: true })];
  const withShared = product(F, S, { b: true });
  const bias = s && columnSums(D);
  return {
    square: dot(ofF.data, ofD.data) + (bias ? dot(bias, bias) : 0),
    along: dot(withShared.data, D.data) + (bias && s ? dot(bias, s) : 0),
    combined: (a, b) => ({
      forward: () => {
        const z = sum(a, product(ofF, D), b, withShared);
        if (bias && s) {
          const shift = bias.map((v, j) => a * v + b * s[j]);
          for (let k = 0; k < z.data.length; k++) z.data[k] += shift[k % z.columns];
        }
        return z;
      },
      backward: () => sum(a, product(ofD, F), b, product(D, S)),
    }),
  };
}

function ofArrays(own: Factors, shared: AffineLayer, arithmetic: Arithmetic): Pair {
  const { weight, bias } = weightGradient(own, arithmetic);
  const inner = (other: AffineLayer): number =>
    dot(weight.data, other.weight.data) + (bias && other.bias ? dot(bias, other.bias) : 0);
  return {
    square: inner({ weight, ...(bias && { bias }) }),
    along: inner(shared),
    combined: (a, b) => ({
      weight: sum(a, weight, b, shared.weight),
      ...(bias && shared.bias && { bias: plus(a, bias, b, shared.bias) }),
    }),
  };
}

function sum(a: number, x: DenseMatrix, b: number, y: DenseMatrix): DenseMatrix {
  return { ...x, data: plus(a, x.data, b, y.data) };
}

function plus(a: number, x: Float64Array, b: number, y: Float64Array): Float64Array {
  const result = new Float64Array(x.length);
  for (let k = 0; k < x.length; k++) result[k] = a * x[k] + b * y[k];
  return result;
}
