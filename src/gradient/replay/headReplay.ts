import { gemm } from '../../math/gemm';
import { axpy, matrix } from '../../math/matrix';
import type { AveragedGradient, ConvNet, DenseMatrix, Mlp } from '../../types';
import { type ArithmeticNoise, arithmeticNoise, roundoff } from '../arithmeticNoise';
import { gradientDifference } from '../gradientDifference';
import { type GradientState, gradientAt } from '../gradientState';
import { lossDeltas } from '../lossBlocks';
import { type SlackAgreement, slackAgreement } from '../slackAgreement';

/** The head's part of a replay. */
export interface HeadReplay extends SlackAgreement {
  /** deltas at what leaves the stack, the loss vectors' errors included */
  readonly delta: DenseMatrix;
}

/**
 * The head of a convolutional network, held against the gradient's last arrays.
 *
 * @param rows what the whole way makes of each row of the head, squared: its features have come through the stack
 */
export function headReplay(
  { head }: ConvNet,
  { gradients, precision }: AveragedGradient,
  labels: Int32Array,
  state: GradientState,
  rows: readonly Float64Array[],
): HeadReplay {
  const shared = gradients.slice(-head.dense.length);
  const noise = widened(head, arithmeticNoise(head, state, labels, roundoff[precision]), rows);
  const judged = slackAgreement(head, shared, gradientDifference(shared, gradientAt(head, state), true), state, noise);
  const [first] = state.deltas;
  const delta = matrix(first.rows, first.columns, first.data.slice());
  if (judged.errors) axpy(1, lossDeltas(head, state.patterns, judged.errors)[0].data, delta.data);
  return { ...judged, delta: gemm(delta, head.dense[0].weight) };
}

function widened({ dense }: Mlp, own: ArithmeticNoise, rows: readonly Float64Array[]): ArithmeticNoise {
  const more = (of: readonly Float64Array[], entries: (i: number) => number): Float64Array[] =>
    of.map((variances, i) => variances.map((v, j) => Math.max(v, rows[i][j] / entries(i))));
  const columns = (i: number): number => dense[i].weight.columns;
  return {
    ...own,
    weight: more(own.weight, columns),
    aligned: more(own.aligned, columns),
    bias: more(own.bias, (i) => columns(i) + 1),
  };
}
