import { gemm } from '../../math/gemm';
import { axpy, dot, matrix, norm, row, transpose } from '../../math/matrix';
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
  readonly rangeOf: (change: DenseMatrix) => DenseMatrix;
  /** dZ_0 = dX W_0ᵀ (M x widths[1]), given the coordinates and rangeOf(E_0) */
  readonly firstLayer: (v: Float64Array, range: DenseMatrix) => DenseMatrix;
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
  const seenBasis = matrixOf(inputBasis, d0);
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
  const rangeOf = (change: DenseMatrix): DenseMatrix => {
    const range = matrix(samples.rank, M);
    samples.range.forEach((q, i) => {
      for (let m = 0; m < M; m++) range.data[i * M + m] = dot(q, row(change, m));
    });
    return range;
  };
  /** rows of (-solve range A + freeᵀ C B) / sizes */
  const combine = (v: Float64Array, range: DenseMatrix, a: DenseMatrix, b: DenseMatrix): DenseMatrix => {
    const result = matrix(M, a.columns);
    for (let m = 0; m < M; m++) {
      const target = row(result, m);
      const weights = new Float64Array(M);
      for (let i = 0; i < samples.rank; i++) axpy(-samples.solve.data[m * samples.rank + i], row(range, i), weights);
      for (let n = 0; n < M; n++) if (weights[n] !== 0) axpy(weights[n], row(a, n), target);
      for (let c = 0; c < b.rows; c++) {
        let amount = 0;
        for (let f = 0; f < freeCount; f++) amount += samples.free.data[f * M + m] * v[M * K1 + f * b.rows + c];
        if (amount !== 0) axpy(unit * amount, row(b, c), target);
      }
      scaleRow(target, 1 / samples.sizes[m]);
    }
    return result;
  };

  return {
    activations,
    deltas,
    loss,
    samples,
    inputBasis,
    size: M * K1 + freeCount * inputBasis.length,
    unseen: freeCount * (d0 - inputBasis.length),
    deltaChange,
    rangeOf,
    firstLayer: (v, range) => combine(v, range, inputsThroughW, basisThroughW),
    inputs: (v, unseenPart, uniform) => {
      const dX = combine(v, rangeOf(deltaChange(v, 0)), batch.inputs, seenBasis);
      if (unseenPart === 0 || freeCount === 0 || inputBasis.length === d0) return dX;
      for (let f = 0; f < freeCount; f++) {
        const hidden = Float64Array.from({ length: d0 }, () => normal(uniform));
        for (let pass = 0; pass < 2; pass++) for (const q of inputBasis) axpy(-dot(q, hidden), q, hidden);
        const size = (unit * unseenPart) / norm(hidden);
        for (let m = 0; m < M; m++) axpy((size * samples.free.data[f * M + m]) / samples.sizes[m], hidden, row(dX, m));
      }
      return dX;
    },
  };
}

function matrixOf(rows: readonly Float64Array[], columns: number): DenseMatrix {
  const result = matrix(rows.length, columns);
  rows.forEach((values, i) => {
    result.data.set(values, i * columns);
  });
  return result;
}

function scaleRow(values: Float64Array, by: number): void {
  for (let i = 0; i < values.length; i++) values[i] *= by;
}
