import { gemm } from '../../math/gemm';
import { axpy, dot, fromRows, matrix, norm, row, transpose } from '../../math/matrix';
import { pivotedQr } from '../../math/pivotedQr';
import { normal, type Rng } from '../../math/rng';
import { backward } from '../../model/backward';
import { type Activations, forward } from '../../model/forward';
import type { Batch, DenseMatrix, Mlp } from '../../types';
import { type FreeSamples, freeSamples } from './freeSamples';
import { type LossMotion, lossMotion } from './lossMotion';

/**
 * All motions dX of a batch that the range part of dG_0 = Delta_0ᵀ dX + E_0ᵀ X = 0 admits, in few coordinates:
 * given the loss vectors' motion u (K - 1 numbers a sample), dX is determined up to combinations of samples whose deltas
 * cancel, and of those only the part C inside the rows of W_0 is felt by the network. So M d0 unknowns become
 * M (K - 1) + free * rank(W_0).
 */
export interface Motions {
  readonly activations: Activations;
  readonly deltas: readonly DenseMatrix[];
  readonly loss: LossMotion;
  readonly samples: FreeSamples;
  /** orthonormal basis of the rows of W_0; empty when no sample is free, since it is not needed then */
  readonly inputBasis: readonly Float64Array[];
  /** number of coordinates: u first, then C */
  readonly size: number;
  /** dimension of {free samples} x {inputs that W_0 does not see}: directions that keep every pre-activation */
  readonly unseen: number;
  /** E_i = sum_k u_k directions[i][k] (M x widths[i+1]) */
  readonly deltaChange: (v: Float64Array, layer: number) => DenseMatrix;
  /** coordinates of E_0ᵀ in the range of the deltas (rank x M) */
  readonly rangePart: (v: Float64Array) => DenseMatrix;
  /** dZ_0 = dX W_0ᵀ (M x widths[1]) */
  readonly firstLayer: (v: Float64Array) => DenseMatrix;
  /** dX itself (M x d0), with a random unseen part of relative size `unseenPart` added */
  readonly inputs: (v: Float64Array, unseenPart: number, uniform: Rng) => DenseMatrix;
}

/** Sets up the coordinates in which {@link localIdentifiability} looks for null directions. */
export function motions(model: Mlp, batch: Batch): Motions {
  const activations = forward(model, batch.inputs);
  const deltas = backward(model, activations, batch.labels);
  const loss = lossMotion(model, activations, deltas.at(-1) as DenseMatrix);
  const samples = freeSamples(deltas[0]);
  const { weight } = model.dense[0];
  const inputBasis = samples.free.rows > 0 ? pivotedQr(transpose(weight), 1e-12).basis : [];
  const M = batch.inputs.rows;
  const d0 = batch.inputs.columns;
  const K1 = loss.helmert.columns;
  const freeCount = samples.free.rows;
  const unit = samples.sizes.reduce((sum, s) => sum + s, 0) / M; // C in units of a typical contribution
  const seenBasis = fromRows(inputBasis, d0);
  const basisThroughW = gemm(seenBasis, weight, { b: true });
  const inputsThroughW = gemm(batch.inputs, weight, { b: true });

  const deltaChange = (v: Float64Array, layer: number): DenseMatrix => {
    const directions = loss.directions[layer];
    const change = matrix(M, directions[0]?.columns ?? 0);
    for (let m = 0; m < M; m++)
      for (let k = 0; k < K1; k++) {
        const u = v[m * K1 + k];
        if (u !== 0) axpy(u, row(directions[k], m), row(change, m));
      }
    return change;
  };
  const rangeBasis = fromRows(samples.range, weight.rows);
  const rangePart = (v: Float64Array): DenseMatrix => gemm(rangeBasis, deltaChange(v, 0), { b: true });
  const combine = combination(samples, M * K1, unit);

  return {
    activations,
    deltas,
    loss,
    samples,
    inputBasis,
    size: M * K1 + freeCount * inputBasis.length,
    unseen: freeCount * (d0 - inputBasis.length),
    deltaChange,
    rangePart,
    firstLayer: (v) => combine(v, rangePart(v), inputsThroughW, basisThroughW),
    inputs: (v, unseenPart, uniform) => {
      const dX = combine(v, rangePart(v), batch.inputs, seenBasis);
      if (unseenPart > 0 && inputBasis.length < d0) addUnseen(dX, samples, inputBasis, unit * unseenPart, uniform);
      return dX;
    },
  };
}

/** The rows of (-solve range A + freeᵀ C B) / sizes, with the coordinates C read from v behind the first `behind`. */
function combination(
  { rank, solve, free, sizes }: FreeSamples,
  behind: number,
  unit: number,
): (v: Float64Array, range: DenseMatrix, a: DenseMatrix, b: DenseMatrix) => DenseMatrix {
  const M = sizes.length;
  const rates = scaled(solve, -1);
  const shares = scaled(transpose(free), unit);
  return (v, range, a, b) => {
    const result = rank > 0 ? gemm(gemm(rates, range), a) : matrix(M, a.columns);
    if (free.rows > 0 && b.rows > 0) {
      const own = matrix(free.rows, b.rows, v.subarray(behind, behind + free.rows * b.rows));
      axpy(1, gemm(gemm(shares, own), b).data, result.data);
    }
    for (let m = 0; m < M; m++) {
      const target = row(result, m);
      for (let j = 0; j < target.length; j++) target[j] /= sizes[m];
    }
    return result;
  };
}

function scaled(a: DenseMatrix, factor: number): DenseMatrix {
  return { ...a, data: a.data.map((x) => factor * x) };
}

/** Adds to dX, for each free combination of samples, a random input of this length that W_0 does not see. */
function addUnseen(
  dX: DenseMatrix,
  { free, sizes }: FreeSamples,
  seen: readonly Float64Array[],
  length: number,
  uniform: Rng,
): void {
  for (let f = 0; f < free.rows; f++) {
    const hidden = Float64Array.from({ length: dX.columns }, () => normal(uniform));
    for (let pass = 0; pass < 2; pass++) for (const q of seen) axpy(-dot(q, hidden), q, hidden);
    const scale = length / norm(hidden);
    for (let m = 0; m < dX.rows; m++) axpy((scale * free.data[f * dX.rows + m]) / sizes[m], hidden, row(dX, m));
  }
}
