import { gemm } from '../math/gemm';
import { axpy, matrix, norm, row, sum } from '../math/matrix';
import { normal, rng } from '../math/rng';
import type { AffineLayer, DenseMatrix, Mlp, ModelUpdate } from '../types';
import { type Agreement, agreement } from './agreement';
import { roundoff } from './arithmeticNoise';
import { gradientDifference } from './gradientDifference';
import { stepWeights } from './stepWeights';

/** Variance of the entries of (before - after) / rate that the rounding of the client's weights leaves: one a row, and one a bias. */
export interface UpdateNoise {
  readonly weight: readonly Float64Array[];
  readonly bias: readonly Float64Array[];
}

/**
 * Every step rounds each weight to its last place: an error that is uniform over one such place, so its variance is the square over 12,
 * and steps add up (method 12).
 *
 * @param steps that the client took
 */
export function updateNoise(
  { before, after, rate, precision }: Pick<ModelUpdate, 'before' | 'after' | 'rate' | 'precision'>,
  steps: number,
): UpdateNoise {
  const unit = precision === 'float32' ? 2 ** -23 : 2 ** -52;
  const scale = steps / 12 / rate ** 2;
  const pairs = before.dense.map((layer, i): [AffineLayer, AffineLayer] => [layer, after.dense[i]]);
  return {
    weight: pairs.map(([a, b]) =>
      Float64Array.from({ length: a.weight.rows }, (_, j) => {
        const [x, y] = [row(a.weight, j), row(b.weight, j)];
        let sum = 0;
        for (let k = 0; k < x.length; k++) sum += lastPlace(x[k], y[k], unit) ** 2;
        return (scale * sum) / x.length;
      }),
    ),
    bias: pairs.map(
      ([{ bias: x }, { bias: y }]) =>
        x?.map((v, j) => scale * lastPlace(v, y?.[j] ?? 0, unit) ** 2) ?? new Float64Array(0),
    ),
  };
}

/** Distance of neighbouring floats at the larger of two numbers, from its exponent. */
function lastPlace(x: number, y: number, unit: number): number {
  word[0] = Math.max(Math.abs(x), Math.abs(y));
  halves[1] &= 0x7ff00000;
  halves[0] = 0;
  return unit * word[0];
}

const word = new Float64Array(1);
/** little endian, as every machine that runs this */
const halves = new Uint32Array(word.buffer);

/** Roundoffs by which float arithmetic may be off, relative to what each sample adds. */
const arithmetic = 16;
/** Part of its error bar by which each input is moved to see what its error does: so little that no pattern changes. */
const nudge = 1 / 16;

/** A replayed training, as either replay leaves it. */
export interface ReplayedUpdate {
  /** sum of the gradients of all steps, each as often as it counts */
  readonly gradient: readonly AffineLayer[];
  /** per layer M x n: sizes of each sample's deltas, over that of its mini-batch, summed in the same way */
  readonly sizes: readonly DenseMatrix[];
  /** of each sample in all steps: 1 over the size of its mini-batches, summed in the same way */
  readonly weights: Float64Array;
  /** per layer, mean square of the features of each sample that enter it */
  readonly features: readonly Float64Array[];
}

/** What each sample weighs in all steps together. */
export function weightsIn(parts: readonly (readonly number[])[], samples: number, momentum?: number): Float64Array {
  const weights = new Float64Array(samples);
  const counts = stepWeights(parts.length, momentum);
  parts.forEach((part, t) => {
    for (const m of part) weights[m] += counts[t] / part.length;
  });
  return weights;
}

/**
 * Whether a replayed training ends at the client's weights, row by row, within what rounding leaves: of the weights, of the arithmetic in
 * which a gradient is computed, and of the inputs themselves (method 12).
 *
 * @param replay of the inputs given, and once more of those moved a little
 * @param errors root mean square error of each input
 */
export function updateAgreement(
  { before, precision }: ModelUpdate,
  shared: readonly AffineLayer[],
  noise: UpdateNoise,
  {
    inputs,
    errors,
    replay,
  }: { inputs: DenseMatrix; errors: Float64Array; replay: (inputs: DenseMatrix) => ReplayedUpdate },
): Agreement {
  const { gradient, sizes, weights, features } = replay(inputs);
  const cancelled = cancellation(before);
  const weight = noise.weight.map((v) => v.slice());
  const bias = noise.bias.map((v) => v.slice());
  const u = (arithmetic * roundoff[precision]) ** 2;
  sizes.forEach((deltas, i) => {
    for (let m = 0; m < deltas.rows; m++) {
      const squares = row(deltas, m).map((d) => d * d);
      // where the terms of a delta cancel, its error is that of the others
      const usual = Math.max(sum(squares) / squares.length, ((cancelled[i] * weights[m]) / arithmetic) ** 2);
      squares.forEach((square, j) => {
        const own = u * Math.max(square, usual);
        weight[i][j] += own * features[i][m];
        if (bias[i].length > 0) bias[i][j] += own;
      });
    }
  });
  if (errors.some((e) => e > 0)) {
    const moved = gradientDifference(replay(movedBy(inputs, errors)).gradient, gradient);
    moved.forEach((layer, i) => {
      const { rows, columns } = layer.weight;
      addSquares(
        weight[i],
        Float64Array.from({ length: rows }, (_, j) => norm(row(layer.weight, j)) ** 2 / columns),
      );
      if (layer.bias)
        addSquares(
          bias[i],
          layer.bias.map((v) => v * v),
        );
    });
  }
  return agreement(shared, gradientDifference(shared, gradient), {
    losses: matrix(0, 0),
    aligned: weight,
    weight,
    bias,
  });
}

/**
 * What an error of one in a loss vector is in the deltas of each layer, at most: p - 1 of a confident sample cancels, which leaves an error of
 * the size of a roundoff however small the loss is (method 13).
 */
function cancellation({ dense }: Mlp): Float64Array {
  const sizes = new Float64Array(dense.length).fill(1);
  for (let i = dense.length - 1; i > 0; i--)
    sizes[i - 1] = (sizes[i] * norm(dense[i].weight.data)) / Math.sqrt(dense[i].weight.columns);
  return sizes;
}

/** Adds what a move did, of a row no less than half the layer's mean, since a sample of one may be small by chance. */
function addSquares(variance: Float64Array, squares: Float64Array): void {
  const usual = sum(squares) / squares.length / 2;
  squares.forEach((square, j) => {
    variance[j] += Math.max(square, usual) / nudge ** 2;
  });
}

/** Errors of inputs are noise, and what a wrong column mixes of other samples into them, which the network sees better. */
function movedBy(inputs: DenseMatrix, errors: Float64Array): DenseMatrix {
  const uniform = rng(inputs.columns);
  const random = (rows: number, columns: number): DenseMatrix =>
    matrix(
      rows,
      columns,
      Float64Array.from({ length: rows * columns }, () => normal(uniform)),
    );
  const noise = random(inputs.rows, inputs.columns);
  const mixed = gemm(random(inputs.rows, inputs.rows), inputs);
  const moved = { ...inputs, data: inputs.data.slice() };
  errors.forEach((error, m) => {
    for (const part of [noise, mixed]) {
      const direction = row(part, m);
      const size = norm(direction) / Math.sqrt(inputs.columns);
      if (size > 0) axpy((nudge * error) / size, direction, row(moved, m));
    }
  });
  return moved;
}
