import { stepWeights } from '../../gradient/stepWeights';
import { gemm } from '../../math/gemm';
import { axpy, columnSums, matrix, plus, row, rowsOf, withOnes } from '../../math/matrix';
import { lossVectors } from '../../model/backward';
import { affine } from '../../model/layers/dense';
import { rectified, silence } from '../../model/layers/relu';
import type { AffineLayer, Batch, DenseMatrix, LocalTraining, Mlp } from '../../types';

/** A client with one hidden layer, somewhere in its training. */
export interface LocalState {
  /** M x n: pre-activations of all samples under the present weights */
  readonly z: DenseMatrix;
  readonly head: AffineLayer;
  /** M x n: what the steps so far leave of each sample's deltas in the update, each over the size of its mini-batch */
  readonly summed: DenseMatrix;
  /** M x K: the same of the sizes of the loss vectors' entries */
  readonly losses: DenseMatrix;
  /** steps taken */
  readonly steps: number;
  /** under momentum: what moves on without a gradient */
  readonly velocity: Motion | null;
}

/** A direction in which training moves: deltas of all samples (M x n), and the head's gradient. */
interface Motion {
  readonly hidden: DenseMatrix;
  readonly head: AffineLayer;
}

/** Replays a client's training on some samples without ever forming its first layer: only the products of the inputs matter to it. */
export interface LocalReplay {
  readonly start: LocalState;
  /** what each step counts for in the update, see stepWeights */
  readonly counts: Float64Array;
  /** deltas of some samples, each as if it were alone */
  deltas(state: LocalState, samples: readonly number[]): { readonly losses: DenseMatrix; readonly hidden: DenseMatrix };
  /** one step of SGD on the mean of a mini-batch, in which a sample may stand several times */
  step(state: LocalState, part: readonly number[]): LocalState;
}

/**
 * z of later steps follows from W -= rate Deltaᵀ [X, 1]: it falls by rate [X, 1] [X, 1]ᵀ Delta (method 12).
 *
 * @param steps how many it will be, which momentum depends on
 */
export function localReplay(
  model: Mlp,
  { inputs, labels }: Batch,
  { rate, momentum = 0 }: Pick<LocalTraining, 'rate' | 'momentum'>,
  steps: number,
): LocalReplay {
  const [first, head] = model.dense;
  const [M, n] = [inputs.rows, first.weight.rows];
  const all = first.bias ? withOnes(inputs) : inputs;
  const products = gemm(all, all, { b: true });
  const counts = stepWeights(steps, momentum);
  const deltas = (state: LocalState, samples: readonly number[]) => {
    const z = rowsOf(state.z, samples);
    const logits = affine(state.head, rectified(z));
    const losses = lossVectors(
      logits,
      Int32Array.from(samples, (m) => labels[m]),
    );
    return { losses, hidden: silence(gemm(losses, state.head.weight), z) };
  };
  return {
    start: {
      z: affine(first, inputs),
      head,
      summed: matrix(M, n),
      losses: matrix(M, head.weight.rows),
      steps: 0,
      velocity: null,
    },
    counts,
    deltas,
    step(state, part) {
      const { losses, hidden } = deltas(state, part);
      const share = 1 / part.length;
      const count = counts[state.steps] * share;
      const summed = { ...state.summed, data: state.summed.data.slice() };
      const sizes = { ...state.losses, data: state.losses.data.slice() };
      const own = matrix(M, n);
      part.forEach((m, k) => {
        axpy(share, row(hidden, k), row(own, m));
        axpy(count, row(hidden, k), row(summed, m));
        axpy(count, row(losses, k).map(Math.abs), row(sizes, m));
      });
      const mean = { ...losses, data: losses.data.map((v) => share * v) };
      const gradient = { weight: gemm(mean, rectified(rowsOf(state.z, part)), { a: true }), bias: columnSums(mean) };
      const z = { ...state.z, data: state.z.data.slice() };
      const moved = { summed, losses: sizes, steps: state.steps + 1, z };
      if (momentum === 0) {
        axpy(-rate * share, gemm(rowsOf(products, part), hidden, { a: true }).data, z.data);
        return { ...moved, head: stepped(state.head, gradient, -rate), velocity: null };
      }
      const velocity = heavier({ hidden: own, head: gradient }, state.velocity, momentum);
      axpy(-rate, gemm(products, velocity.hidden).data, z.data);
      return { ...moved, head: stepped(state.head, velocity.head, -rate), velocity };
    },
  };
}

/** A step's own motion with what the steps before leave of theirs. */
function heavier(own: Motion, kept: Motion | null, momentum: number): Motion {
  if (!kept) return own;
  return { hidden: plus(own.hidden, kept.hidden, momentum), head: stepped(own.head, kept.head, momentum) };
}

/** Layer + t * other; biases as the first has them. */
function stepped({ weight, bias }: AffineLayer, other: AffineLayer, t: number): AffineLayer {
  const next = plus(weight, other.weight, t);
  if (!bias || !other.bias) return { weight: next };
  const moved = bias.slice();
  axpy(t, other.bias, moved);
  return { weight: next, bias: moved };
}
