import { cholesky, choleskySolveAll, ridged } from '../../math/cholesky';
import { matrix, rowsOf } from '../../math/matrix';
import { quantile } from '../../math/quantile';
import type { DenseMatrix } from '../../types';
import { type ConvGradient, minus, relativeMisfits } from './convGradient';
import { convolve, correlate, gramOfPatches, type Product } from './convolution';

/** A filter stands out whose misfit is this many times the median. */
const standsOut = 10;

/**
 * With the values below known, the deltas of a filter are linear in its gradient: settles filters whose pattern was misread, because
 * their values lie within the noise of zero or two positions of a window are as large.
 *
 * @param either each delta as it would be where its neuron fires (leaving x out), and the part of it that passes where it does not
 */
export function settleMisread(
  conv: ConvGradient,
  values: DenseMatrix,
  deltas: DenseMatrix,
  { full, low }: { readonly full: DenseMatrix; readonly low: number },
): DenseMatrix {
  const { taps, gradient } = conv;
  if (taps.seen.length * values.columns < taps.leaving) return deltas;
  const left = minus(gradient, correlate(taps, values, deltas));
  const misfits = relativeMisfits(conv, left);
  const median = quantile(misfits, 0.5);
  const wrong = [...misfits.keys()].filter((o) => misfits[o] > standsOut * median);
  if (wrong.length === 0) return deltas;
  const factor = cholesky(ridged(gramOfPatches(taps, values), 1e-14));
  if (!factor) return deltas;
  const change = choleskySolveAll(
    factor,
    convolve(
      taps,
      values,
      left.map((l) => rowsOf(l, wrong)),
    ),
  );
  const settled = matrix(deltas.rows, deltas.columns, deltas.data.slice());
  wrong.forEach((o, k) => {
    for (let q = 0; q < deltas.rows; q++) {
      const at = q * deltas.columns + o;
      const seen = deltas.data[at] + change.data[q * wrong.length + k];
      const [on, off] = [full.data[at], low * full.data[at]];
      settled.data[at] = Math.abs(seen - on) < Math.abs(seen - off) ? on : off;
    }
  });
  return settled;
}

/** For each filter, P times its gradient, solved for the deltas that would give it (leaving x out); see patchPursuit. */
export function readDeltas(
  { taps, gradient }: ConvGradient,
  values: DenseMatrix,
  product?: Product,
): DenseMatrix | null {
  const factor = cholesky(ridged(gramOfPatches(taps, values, product), 1e-6));
  return factor && choleskySolveAll(factor, convolve(taps, values, gradient, product));
}
