import { gemm } from '../math/gemm';
import { columnSums, matrix, row } from '../math/matrix';
import { backward } from '../model/backward';
import { type Activations, forward } from '../model/forward';
import { softmax } from '../model/softmax';
import type { AffineLayer, Batch, DenseMatrix, Mlp } from '../types';

/** Derivative of the summed gradient with respect to the inputs, patterns and labels fixed, as two products. */
export interface GradientJacobian {
  /** J dX: the change of every layer's summed gradient for a change dX (M x d0) of the inputs */
  readonly times: (dX: DenseMatrix) => AffineLayer[];
  /** Jᵀ R: M x d0, for a residual R shaped like the gradient */
  readonly transposedTimes: (residual: readonly AffineLayer[]) => DenseMatrix;
}

/**
 * Jacobian of X -> sum_m delta_i^m [f_i^m, 1] (all layers) at a batch, never formed: one product costs about two passes
 * through the network. Exact inside the batch's activation patterns (SPEC 6, 7).
 *
 * @example
 * gradientJacobian(model, batch).times(dX)[0].weight;  // d G_0 * M for a small step dX
 */
export function gradientJacobian(model: Mlp, batch: Batch): GradientJacobian {
  const activations = forward(model, batch.inputs);
  const deltas = backward(model, activations, batch.labels);
  const head = model.dense.length - 1;
  const weight = (i: number): DenseMatrix => model.dense[i].weight;
  const at = (list: readonly DenseMatrix[], i: number): DenseMatrix => list[i];
  const probabilities = rowwise(activations.logits, softmax);
  const mask = (a: DenseMatrix, i: number): DenseMatrix => masked(a, at(activations.features, i + 1));

  function times(dX: DenseMatrix): AffineLayer[] {
    const dF: DenseMatrix[] = [dX];
    for (let i = 0; i < head; i++) dF[i + 1] = mask(gemm(at(dF, i), weight(i), { b: true }), i);
    const dDelta: DenseMatrix[] = [];
    dDelta[head] = softmaxDerivative(probabilities, gemm(at(dF, head), weight(head), { b: true }));
    for (let i = head - 1; i >= 0; i--) dDelta[i] = mask(gemm(at(dDelta, i + 1), weight(i + 1)), i);
    return model.dense.map(({ bias }, i): AffineLayer => {
      const moved = gemm(at(dDelta, i), at(activations.features, i), { a: true });
      const carried = gemm(at(deltas, i), at(dF, i), { a: true });
      const sum = matrix(
        moved.rows,
        moved.columns,
        moved.data.map((v, k) => v + carried.data[k]),
      );
      return bias ? { weight: sum, bias: columnSums(at(dDelta, i)) } : { weight: sum };
    });
  }

  function transposedTimes(residual: readonly AffineLayer[]): DenseMatrix {
    // upward: what the residual asks of each delta, carried to the head through the transposed backward pass
    let wanted: DenseMatrix | undefined;
    const below: DenseMatrix[] = [];
    model.dense.forEach((_, i) => {
      const { weight: r, bias: rb } = residual[i];
      const own = addRow(gemm(at(activations.features, i), r, { b: true }), rb);
      wanted = wanted ? add(own, gemm(mask(wanted, i - 1), weight(i), { b: true })) : own;
      below[i] = gemm(at(deltas, i), r);
    });
    // downward: through the softmax to the logits, then to the inputs
    let back = softmaxDerivative(probabilities, wanted as DenseMatrix);
    for (let i = head; i >= 0; i--) {
      const toFeatures = add(gemm(back, weight(i)), at(below, i));
      back = i > 0 ? mask(toFeatures, i - 1) : toFeatures;
    }
    return back;
  }
  return { times, transposedTimes };
}

/** The patterns of a forward pass, one string of bits per ReLU layer, to be compared. */
export function samePatterns(a: Activations, b: Activations): boolean {
  return a.features.every((f, i) => i === 0 || f.data.every((v, k) => v > 0 === b.features[i].data[k] > 0));
}

/** S dl with S = diag(p) - p pᵀ, sample by sample. */
export function softmaxDerivative(p: DenseMatrix, dLogits: DenseMatrix): DenseMatrix {
  const result = matrix(p.rows, p.columns);
  for (let m = 0; m < p.rows; m++) {
    const pm = row(p, m);
    const dl = row(dLogits, m);
    let mean = 0;
    for (let c = 0; c < pm.length; c++) mean += pm[c] * dl[c];
    const out = row(result, m);
    for (let c = 0; c < pm.length; c++) out[c] = pm[c] * (dl[c] - mean);
  }
  return result;
}

function rowwise(a: DenseMatrix, f: (values: Float64Array) => Float64Array): DenseMatrix {
  const result = matrix(a.rows, a.columns);
  for (let m = 0; m < a.rows; m++) row(result, m).set(f(row(a, m)));
  return result;
}

function masked(a: DenseMatrix, features: DenseMatrix): DenseMatrix {
  for (let k = 0; k < a.data.length; k++) if (!(features.data[k] > 0)) a.data[k] = 0;
  return a;
}

function add(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  for (let k = 0; k < a.data.length; k++) a.data[k] += b.data[k];
  return a;
}

function addRow(a: DenseMatrix, values: Float64Array | undefined): DenseMatrix {
  if (values)
    for (let m = 0; m < a.rows; m++) {
      const r = row(a, m);
      for (let j = 0; j < r.length; j++) r[j] += values[j];
    }
  return a;
}
