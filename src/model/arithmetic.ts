import { gemm, gemm32, type Transposed } from '../math/gemm';
import type { DenseMatrix } from '../types';
import { lossVector } from './softmax';

/** The arithmetic in which a pass through a network is computed. */
export interface Arithmetic {
  product(a: DenseMatrix, b: DenseMatrix, transposed?: Transposed): DenseMatrix;
  /** the result of one operation as the arithmetic keeps it */
  round(value: number): number;
  /** scale * (softmax - e_label) for one row of logits */
  lossVector(logits: Float64Array, label: number, scale: number): Float64Array;
}

/** Exact to rounding in the last bit; the loss vector of a confident sample does not cancel. */
export const float64: Arithmetic = {
  product: gemm,
  round: (value) => value,
  lossVector: (logits, label, scale) => {
    const g = lossVector(logits, label);
    return scale === 1 ? g : g.map((v) => v * scale);
  },
};

/**
 * What frameworks do: every product, sum and function rounded to float32, and the loss vector as exp(log_softmax) - e_y, which
 * cancels: an entry p_y - 1 is a multiple of 2^-24, so a sample with p_y = 0.9999 has its loss vector to three digits (method 13).
 *
 * PyTorch's CPU code sums in other orders, so its last bits differ; the size of the errors does not.
 */
export const float32: Arithmetic = {
  product: gemm32,
  round: Math.fround,
  lossVector: (logits, label, scale) => {
    const f = Math.fround;
    const top = logits.reduce((most, l) => Math.max(most, l), Number.NEGATIVE_INFINITY);
    const total = logits.reduce((sum, l) => f(sum + f(Math.exp(f(l - top)))), 0);
    const logTotal = f(Math.log(total));
    const s = f(scale);
    return logits.map((l, c) => f(f(f(Math.exp(f(f(l - top) - logTotal))) * s) - (c === label ? s : 0)));
  },
};
