import { type Agreement, agreement } from '../../gradient/agreement';
import { roundoff } from '../../gradient/arithmeticNoise';
import { gradientDifference } from '../../gradient/gradientDifference';
import { gemm } from '../../math/gemm';
import { columnSums, matrix, norm, row, sum } from '../../math/matrix';
import { normal, rng } from '../../math/rng';
import type { AffineLayer, Batch, ModelUpdate } from '../../types';
import { type LocalState, localReplay } from './localReplay';
import type { UpdateNoise } from './updateNoise';

/** Roundoffs by which float arithmetic may be off in a step, relative to the terms that are summed. */
const arithmetic = 16;
/** Part of its error bar by which each input is moved to see what its error does: so little that no pattern changes. */
const nudge = 1 / 16;

/** A batch as far as an update shows it. */
export interface BatchInDoubt extends Batch {
  /** root mean square error to expect of each sample's entries */
  readonly errors: Float64Array;
}

/**
 * The gate to `exact`: the client's training replayed from the answer must end at its weights, row by row, within what rounding leaves.
 *
 * @param parts samples of each step
 */
export function proveUpdate(
  update: ModelUpdate,
  shared: readonly AffineLayer[],
  batch: BatchInDoubt,
  parts: readonly (readonly number[])[],
  noise: UpdateNoise,
): Agreement {
  const { start, end, gradient } = replayed(update, batch, parts);
  const variance = withArithmetic(update, batch, start, end, noise);
  const uniform = rng(batch.inputs.columns);
  const { columns } = batch.inputs;
  const moved = batch.inputs.data.map((v, k) => v + nudge * batch.errors[Math.floor(k / columns)] * normal(uniform));
  const elsewhere = replayed(update, { ...batch, inputs: { ...batch.inputs, data: moved } }, parts).gradient;
  addSquares(variance, gradientDifference(elsewhere, gradient), nudge);
  return agreement(shared, gradientDifference(shared, gradient), {
    losses: matrix(0, 0),
    aligned: variance.weight,
    ...variance,
  });
}

/** What the update would be, and where its training began and ended. */
function replayed(
  { before, rate }: ModelUpdate,
  batch: Batch,
  parts: readonly (readonly number[])[],
): { start: LocalState; end: LocalState; gradient: AffineLayer[] } {
  const { start, step } = localReplay(before, batch, rate);
  const end = parts.reduce(step, start);
  const [first, head] = before.dense;
  const lowest = gemm(end.summed, batch.inputs, { a: true });
  return {
    start,
    end,
    gradient: [
      first.bias ? { weight: lowest, bias: columnSums(end.summed) } : { weight: lowest },
      over(gradientDifference([head], [end.head])[0], rate),
    ],
  };
}

function over({ weight, bias }: AffineLayer, rate: number): AffineLayer {
  const scaled = { ...weight, data: weight.data.map((v) => v / rate) };
  return bias ? { weight: scaled, bias: bias.map((v) => v / rate) } : { weight: scaled };
}

/**
 * Adds to the variances what a move of `part` of a deviation does: of a row no less than half the layer's mean, since a sample of one may
 * be small by chance.
 */
function addSquares({ weight, bias }: UpdateNoise, moved: readonly AffineLayer[], part: number): void {
  const add = (variance: Float64Array, squares: Float64Array): void => {
    const usual = sum(squares) / squares.length / 2;
    squares.forEach((square, j) => {
      variance[j] += Math.max(square, usual) / part ** 2;
    });
  };
  moved.forEach((layer, i) => {
    const { rows, columns } = layer.weight;
    add(
      weight[i],
      Float64Array.from({ length: rows }, (_, j) => norm(row(layer.weight, j)) ** 2 / columns),
    );
    if (layer.bias) add(bias[i], layer.bias.map((v) => v * v));
  });
}

/** The weights' own rounding, and the arithmetic's: in proportion to the loss vectors' terms that make up a row. */
function withArithmetic(
  { before, precision }: ModelUpdate,
  { inputs }: Batch,
  start: LocalState,
  end: LocalState,
  noise: UpdateNoise,
): UpdateNoise {
  const u = (arithmetic * roundoff[precision]) ** 2;
  const head = before.dense[1].weight;
  const [n, K] = [head.columns, head.rows];
  const weight = noise.weight.map((v) => v.slice());
  const bias = noise.bias.map((v) => v.slice());
  const sizes = Float64Array.from({ length: n }, (_, j) => {
    let square = 0;
    for (let c = 0; c < K; c++) square += head.data[c * n + j] ** 2;
    return square;
  });
  for (let m = 0; m < inputs.rows; m++) {
    const x = norm(row(inputs, m)) ** 2 / inputs.columns;
    const losses = row(end.losses, m);
    const loss = norm(losses) ** 2;
    let features = 0;
    row(end.summed, m).forEach((d, j) => {
      if (d === 0) return;
      weight[0][j] += u * x * loss * sizes[j];
      if (bias[0].length > 0) bias[0][j] += u * loss * sizes[j];
      features += Math.max(0, start.z.data[m * n + j]) ** 2 / n;
    });
    losses.forEach((g, c) => {
      weight[1][c] += u * features * g * g;
      if (bias[1].length > 0) bias[1][c] += u * g * g;
    });
  }
  return { weight, bias };
}
