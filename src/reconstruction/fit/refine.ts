import { captureGradient } from '../../gradient/captureGradient';
import {
  flattenGradient,
  gradientDifference,
  gradientNorm,
  unflattenGradient,
} from '../../gradient/gradientDifference';
import { gradientJacobian } from '../../gradient/gradientJacobian';
import { gradientState } from '../../gradient/gradientState';
import { leastSquares } from '../../math/leastSquares';
import { lsmr } from '../../math/lsmr';
import { axpy, matrix, norm, row, transpose } from '../../math/matrix';
import { backward } from '../../model/backward';
import { forward } from '../../model/forward';
import type { AffineLayer, AveragedGradient, Batch, DenseMatrix, Mlp, Reduction, Watch } from '../../types';

/** A refined batch and how well it now gives the gradient. */
export interface Refined {
  readonly batch: Batch;
  /** ||replayed - shared|| / ||shared|| */
  readonly residual: number;
}

/** Options of {@link refine}. */
export interface RefineOptions extends Watch {
  readonly reduction?: Reduction;
  /** residual at which to stop; the noise floor */
  readonly goal: number;
  /** Gauss-Newton steps at most. @default 10 */
  readonly steps?: number;
}

/**
 * Refines a batch that nearly gives the gradient down to the gradient's own noise (SPEC 6): least squares on the first
 * layer while that helps, then Gauss-Newton on the whole gradient, matrix-free. A step is kept only when the residual
 * falls, so the result is never worse than what it was given.
 *
 * @param batch all samples with their labels, inputs approximate
 */
export function refine(model: Mlp, gradient: AveragedGradient, batch: Batch, options: RefineOptions): Refined {
  const { reduction = gradient.reduction, goal, steps = 10, signal } = options;
  const size = gradientNorm(gradient.gradients);
  const missing = (inputs: DenseMatrix): AffineLayer[] =>
    gradientDifference(gradient.gradients, captureGradient(model, { ...batch, inputs }, { reduction }).gradients);
  let inputs = batch.inputs;
  let rest = missing(inputs);
  let residual = gradientNorm(rest) / size;
  for (const stepOf of [firstLayerStep, gaussNewtonStep])
    for (let k = 0; k < steps && residual > goal && !signal?.aborted; k++) {
      const step = stepOf(model, { ...batch, inputs }, rest, reduction);
      const tried = [1, 0.5, 0.1].map((t) => {
        const moved = matrix(inputs.rows, inputs.columns, inputs.data.slice());
        axpy(t, step.data, moved.data);
        const left = missing(moved);
        return { moved, left, residual: gradientNorm(left) / size };
      });
      const best = tried.reduce((a, b) => (b.residual < a.residual ? b : a));
      if (!(best.residual < 0.9 * residual)) break;
      ({ moved: inputs, left: rest, residual } = best);
    }
  return { batch: { ...batch, inputs }, residual };
}

/** dX from A_0's residual = share * Delta_0ᵀ dX, deltas held fixed: cheap, and enough when they are nearly right. */
function firstLayerStep(model: Mlp, batch: Batch, rest: readonly AffineLayer[], reduction: Reduction): DenseMatrix {
  const share = reduction === 'mean' ? 1 / batch.inputs.rows : 1;
  const delta = firstDelta(model, batch);
  const scaled = matrix(
    delta.rows,
    delta.columns,
    delta.data.map((v) => v * share),
  );
  return leastSquares(transpose(scaled), rest[0].weight).solution;
}

/** One Gauss-Newton step; unknowns scaled by each sample's ||delta_0||, so that confident samples are not left behind. */
function gaussNewtonStep(model: Mlp, batch: Batch, rest: readonly AffineLayer[], reduction: Reduction): DenseMatrix {
  const { rows, columns } = batch.inputs;
  const share = reduction === 'mean' ? 1 / rows : 1;
  const delta = firstDelta(model, batch);
  const scales = Float64Array.from({ length: rows }, (_, m) => 1 / Math.max(norm(row(delta, m)), Number.MIN_VALUE));
  const scaled = (x: Float64Array): DenseMatrix =>
    matrix(
      rows,
      columns,
      x.map((v, k) => v * scales[Math.floor(k / columns)]),
    );
  const jacobian = gradientJacobian(model, gradientState(model, batch));
  const map = {
    times: (x: Float64Array) => flattenGradient(jacobian.times({ inputs: scaled(x) })).map((v) => v * share),
    transposedTimes: (y: Float64Array) =>
      scaled(
        jacobian.transposedTimes(
          unflattenGradient(
            y.map((v) => v * share),
            rest,
          ),
        ).inputs.data,
      ).data,
  };
  return scaled(lsmr(map, flattenGradient(rest), 40, 1e-6));
}

function firstDelta(model: Mlp, batch: Batch): DenseMatrix {
  return backward(model, forward(model, batch.inputs), batch.labels)[0];
}
