import { type Agreement, agreement } from '../../gradient/agreement';
import { roundoff } from '../../gradient/arithmeticNoise';
import { gradientDifference } from '../../gradient/gradientDifference';
import { gemm } from '../../math/gemm';
import { columnSums, matrix, norm, row } from '../../math/matrix';
import type { AffineLayer, Batch, ModelUpdate } from '../../types';
import { type LocalState, localReplay } from './localReplay';
import type { UpdateNoise } from './updateNoise';

/** Roundoffs by which float arithmetic may be off in a step, relative to the terms that are summed. */
const arithmetic = 16;

/**
 * The gate to `exact`: the client's training replayed from the answer must end at its weights, row by row, within what rounding leaves.
 *
 * @param parts samples of each step
 */
export function proveUpdate(
  update: ModelUpdate,
  shared: readonly AffineLayer[],
  batch: Batch,
  parts: readonly (readonly number[])[],
  noise: UpdateNoise,
): Agreement {
  const { before, rate } = update;
  const replay = localReplay(before, batch, rate);
  const end = parts.reduce((state, part) => replay.step(state, part), replay.start);
  const replayed: AffineLayer[] = [
    {
      weight: gemm(end.summed, batch.inputs, { a: true }),
      ...(before.dense[0].bias && { bias: columnSums(end.summed) }),
    },
    moved(before.dense[1], end.head, rate),
  ];
  const variance = withArithmetic(update, batch, replay.start, end, noise);
  return agreement(shared, gradientDifference(shared, replayed), {
    losses: matrix(0, 0),
    aligned: variance.weight,
    ...variance,
  });
}

function moved(a: AffineLayer, b: AffineLayer, rate: number): AffineLayer {
  const over = (x: Float64Array, y: Float64Array): Float64Array => x.map((v, k) => (v - y[k]) / rate);
  const weight = { ...a.weight, data: over(a.weight.data, b.weight.data) };
  return a.bias && b.bias ? { weight, bias: over(a.bias, b.bias) } : { weight };
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
    let sum = 0;
    for (let c = 0; c < K; c++) sum += head.data[c * n + j] ** 2;
    return sum;
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
