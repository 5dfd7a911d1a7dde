import { gemm } from '../math/gemm';
import { columnSums, matrix, row } from '../math/matrix';
import { addBias } from '../model/layers/dense';
import type { AffineLayer, DenseMatrix, Mlp } from '../types';
import { type GradientState, masked } from './gradientState';

/** A direction in which a batch can move: its inputs (M x d0), and its loss vectors beside what the inputs do to them (M x K). */
export interface BatchMotion {
  readonly inputs: DenseMatrix;
  readonly losses?: DenseMatrix;
}

/** Derivative of the gradient by the batch, patterns and labels fixed, as two products. */
export interface GradientJacobian {
  /** J d: the change of every layer's gradient */
  readonly times: (motion: BatchMotion) => AffineLayer[];
  /** Jᵀ R for a residual R shaped like the gradient */
  readonly transposedTimes: (residual: readonly AffineLayer[]) => Required<BatchMotion>;
}

/**
 * Jacobian of X -> sum_m share_m delta_i^m [f_i^m, 1] (all layers) at a state, never formed: one product costs about two
 * passes through the network. Exact inside the state's activation patterns (method 6, 7).
 *
 * @param rowScales what every row of layer i's gradient is multiplied by, weights and bias. @default 1
 * @example
 * gradientJacobian(model, gradientState(model, batch)).times({ inputs: dX })[0].weight;  // d G_0 * M for a small step dX
 */
export function gradientJacobian(
  model: Mlp,
  state: GradientState,
  rowScales?: readonly Float64Array[],
): GradientJacobian {
  const { features, patterns, probabilities, shares } = state;
  const head = model.dense.length - 1;
  const weight = (i: number): DenseMatrix => model.dense[i].weight;
  // rows of Deltaᵀ F are scaled where they are few numbers: in Delta
  const scaledColumns = (a: DenseMatrix, i: number): DenseMatrix => (rowScales ? timesColumns(a, rowScales[i]) : a);
  const deltas = state.deltas.map(scaledColumns);

  function times({ inputs, losses }: BatchMotion): AffineLayer[] {
    const dF = [inputs];
    for (let i = 0; i < head; i++) dF.push(masked(gemm(dF[i], weight(i), { b: true }), patterns[i]));
    const dDelta: DenseMatrix[] = [];
    dDelta[head] = softmaxDerivative(probabilities, gemm(dF[head], weight(head), { b: true }), shares);
    if (losses) add(dDelta[head], timesRows(losses, shares));
    for (let i = head - 1; i >= 0; i--) dDelta[i] = masked(gemm(dDelta[i + 1], weight(i + 1)), patterns[i]);
    return model.dense.map(({ bias }, i) => {
      const moved = scaledColumns(dDelta[i], i);
      const sum = add(gemm(moved, features[i], { a: true }), gemm(deltas[i], dF[i], { a: true }));
      return { weight: sum, ...(bias && { bias: columnSums(moved) }) };
    });
  }

  function transposedTimes(residual: readonly AffineLayer[]): Required<BatchMotion> {
    // upward: what the residual asks of each delta, carried to the head through the transposed backward pass
    let wanted = matrix(0, 0);
    for (let i = 0; i <= head; i++) {
      const asked = addBias(gemm(features[i], residual[i].weight, { b: true }), residual[i].bias);
      const own = scaledColumns(asked, i);
      wanted = i === 0 ? own : add(own, gemm(masked(wanted, patterns[i - 1]), weight(i), { b: true }));
    }
    // downward: through the softmax to the logits, then to the inputs
    let back = softmaxDerivative(probabilities, wanted, shares);
    for (let i = head; i >= 0; i--) {
      const toFeatures = add(gemm(back, weight(i)), gemm(deltas[i], residual[i].weight));
      back = i > 0 ? masked(toFeatures, patterns[i - 1]) : toFeatures;
    }
    return { inputs: back, losses: timesRows(wanted, shares) };
  }
  return { times, transposedTimes };
}

/** share * (diag(p) - p pᵀ) dl, sample by sample: the Jacobian of softmax, which is its own transpose. */
export function softmaxDerivative(p: DenseMatrix, dLogits: DenseMatrix, shares?: Float64Array): DenseMatrix {
  const result = matrix(p.rows, p.columns);
  for (let m = 0; m < p.rows; m++) {
    const pm = row(p, m);
    const dl = row(dLogits, m);
    let mean = 0;
    for (let c = 0; c < pm.length; c++) mean += pm[c] * dl[c];
    const out = row(result, m);
    const share = shares?.[m] ?? 1;
    for (let c = 0; c < pm.length; c++) out[c] = share * pm[c] * (dl[c] - mean);
  }
  return result;
}

/** a += b; returns a. */
function add(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  for (let k = 0; k < a.data.length; k++) a.data[k] += b.data[k];
  return a;
}

/** Rows times factors, as a copy. */
function timesRows(a: DenseMatrix, factors: Float64Array): DenseMatrix {
  const result = matrix(a.rows, a.columns, a.data.slice());
  for (let m = 0, k = 0; m < a.rows; m++) for (let c = 0; c < a.columns; c++, k++) result.data[k] *= factors[m];
  return result;
}

/** Columns times factors, as a copy. */
function timesColumns(a: DenseMatrix, factors: Float64Array): DenseMatrix {
  const result = matrix(a.rows, a.columns, a.data.slice());
  for (let m = 0, k = 0; m < a.rows; m++) for (let c = 0; c < a.columns; c++, k++) result.data[k] *= factors[c];
  return result;
}
