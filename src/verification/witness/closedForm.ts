import { gemm } from '../../math/gemm';
import { columns, fromRows, matrix, row, transpose } from '../../math/matrix';
import { nullSpace } from '../../math/nullSpace';
import { pivotedQr } from '../../math/pivotedQr';
import type { Batch, DenseMatrix, Mlp } from '../../types';
import { freeSamples } from '../identifiability/freeSamples';

/** Projections onto the directions N C Pᵀ that keep every pre-activation and the gradient (method 7). */
export interface ClosedForm {
  /** orthonormal combinations of samples whose deltas cancel: the rows of N */
  readonly combinations: readonly Float64Array[];
  /** dimension of the inputs that W_0 does not see */
  readonly unseen: number;
  /** nearest direction N C Pᵀ to a wanted motion (M x inputs) */
  readonly project: (wanted: DenseMatrix) => DenseMatrix;
  /** the same for some of the inputs; the others are held still and left out */
  readonly among: (inputs: readonly number[]) => ClosedForm;
  /** the same with this sample held still, at the price of one combination */
  readonly holding: (sample: number) => ClosedForm;
}

/**
 * The closed form X' = X + N C Pᵀ with N = null(Delta_0ᵀ) over the samples and P = null(W_0) over the inputs: every z,
 * hence every pattern, loss vector and gradient stays as it is, for any C (method 7). Undefined when N or P is empty.
 *
 * @param delta Delta_0, M x widths[1]
 */
export function closedForm(model: Mlp, { inputs }: Batch, delta: DenseMatrix): ClosedForm | undefined {
  const { free, sizes } = freeSamples(delta);
  if (free.rows === 0) return undefined;
  // free is in units of each sample's delta; its span in plain units, orthonormal again
  const plain = matrix(
    free.rows,
    free.columns,
    free.data.map((v, k) => v / sizes[k % free.columns]),
  );
  const combinations = nullSpace(plain, undefined, 1e-14).rowSpace;
  const form = directions(model.dense[0].weight, combinations);
  return form.unseen > 0 && inputs.rows > 0 ? form : undefined;
}

function directions(weight: DenseMatrix, combinations: readonly Float64Array[]): ClosedForm {
  const N = fromRows(combinations);
  const seen = pivotedQr(transpose(weight), 1e-12).basis;
  const basis = fromRows(seen, weight.columns);
  return {
    combinations,
    unseen: weight.columns - seen.length,
    project: (wanted) => {
      const carried = gemm(N, wanted);
      // twice, so that what W_0 sees of it is rounding of the motion and not of the wish
      for (let pass = 0; pass < 2 && basis.rows > 0; pass++) {
        const felt = gemm(gemm(carried, basis, { b: true }), basis);
        for (let k = 0; k < felt.data.length; k++) carried.data[k] -= felt.data[k];
      }
      return gemm(N, carried, { a: true });
    },
    among: (inputs) => directions(columns(weight, inputs), combinations),
    holding: (sample) => directions(weight, without(combinations, sample)),
  };
}

/** The combinations in which this sample has no part. */
function without(combinations: readonly Float64Array[], sample: number): Float64Array[] {
  const part = matrix(
    1,
    combinations.length,
    Float64Array.from(combinations, (n) => n[sample]),
  );
  const left = gemm(nullSpace(part).basis, fromRows(combinations));
  return Array.from({ length: left.rows }, (_, f) => {
    const n = row(left, f).slice();
    n[sample] = 0;
    return n;
  });
}
