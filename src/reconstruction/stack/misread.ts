import { cholesky, choleskySolveAll, ridged } from '../../math/cholesky';
import { matrix, rowsOf } from '../../math/matrix';
import { quantile } from '../../math/quantile';
import type { DenseMatrix } from '../../types';
import { type ConvGradient, minus, relativeMisfits } from './convGradient';
import { convolve, correlate, gramOfPatches, type Product } from './convolution';
import { chosen, type Windows } from './pooling';

/** A filter stands out whose misfit is this many times the median. */
const standsOut = 10;

/** What either way of a pattern makes of the deltas. */
export interface Either {
  /** each delta as it would be where its neuron fires (leaving x out) */
  readonly full: DenseMatrix;
  /** the part of it that passes where it does not */
  readonly low: number;
  /** whether a neuron fires whose value is z */
  readonly on: (z: number) => boolean;
  /** of a pooling above */
  readonly windows: Windows | null;
}

/**
 * With the values below known, the deltas of a filter are linear in its gradient: settles filters whose pattern was misread, because
 * their values lie within the noise of zero or two positions of a window are as large. Where the channels below are too few for that, the
 * values' own forward pass says who fires.
 */
export function settleMisread(
  conv: ConvGradient,
  values: DenseMatrix,
  deltas: DenseMatrix,
  either: Either,
): DenseMatrix {
  const { taps, gradient } = conv;
  const left = minus(gradient, correlate(taps, values, deltas));
  const misfits = relativeMisfits(conv, left);
  const median = quantile(misfits, 0.5);
  const wrong = [...misfits.keys()].filter((o) => misfits[o] > standsOut * median);
  if (wrong.length === 0) return deltas;
  const few = taps.seen.length * values.columns < taps.leaving;
  const fires = few
    ? byForward(conv, values, wrong, either)
    : byGradient(conv, values, { deltas, left, wrong }, either);
  if (!fires) return deltas;
  const settled = matrix(deltas.rows, deltas.columns, deltas.data.slice());
  wrong.forEach((o, k) => {
    for (let q = 0; q < deltas.rows; q++) {
      const at = q * deltas.columns + o;
      settled.data[at] = (fires(q, k) ? 1 : either.low) * either.full.data[at];
    }
  });
  return settled;
}

/** Whether a position (q) of a filter (number k of those in question) fires. */
type Fires = (q: number, k: number) => boolean;

/** The change of deltas that the rest of the gradient asks for says which of both is nearer. */
function byGradient(
  { taps }: ConvGradient,
  values: DenseMatrix,
  {
    deltas,
    left,
    wrong,
  }: { readonly deltas: DenseMatrix; readonly left: readonly DenseMatrix[]; readonly wrong: readonly number[] },
  { full, low }: Either,
): Fires | null {
  const factor = cholesky(ridged(gramOfPatches(taps, values), 1e-14));
  if (!factor) return null;
  const asked = left.map((l) => rowsOf(l, wrong));
  const change = choleskySolveAll(factor, convolve(taps, values, asked));
  return (q, k) => {
    const at = q * deltas.columns + wrong[k];
    const seen = deltas.data[at] + change.data[q * wrong.length + k];
    return Math.abs(seen - full.data[at]) < Math.abs(seen - low * full.data[at]);
  };
}

function byForward(
  { taps, weight, bias }: ConvGradient,
  values: DenseMatrix,
  wrong: readonly number[],
  { windows, on }: Either,
): Fires {
  const own = weight.map((w) => rowsOf(w, wrong));
  const z = convolve(taps, values, own);
  const at = (q: number, k: number): number => q * z.columns + k;
  for (let q = 0; q < z.rows; q++) for (let k = 0; k < z.columns; k++) z.data[at(q, k)] += bias?.[wrong[k]] ?? 0;
  const wins = windows && chosen(windows, z, Number.POSITIVE_INFINITY);
  return (q, k) => on(z.data[at(q, k)]) && wins?.data[at(q, k)] !== 0;
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
