import { check } from '../../check';
import type { AveragedGradient, Batch, Mlp, Reduction } from '../../types';
import { replayGradient } from './replayGradient';

/**
 * Proof without the truth: the recovered batch is replayed through the network and compared with the gradient.
 * `verdict` 'holds' says "this batch produces this gradient", not that no other does (method 6).
 */
export interface Certificate {
  /** ||replayed - shared|| / ||shared|| over all layers */
  readonly residual: number;
  /** the noise floor that the residual is held against, from the gradient's precision */
  readonly tolerance: number;
  readonly verdict: 'holds' | 'fails';
  /** the same per layer, head last */
  readonly layers: readonly { readonly layer: number; readonly residual: number }[];
}

/** Floors of the residual: rounding is 1e-16 and 6e-8, a single wrong activation costs about 1e-3 (method 6). */
const floors = { float64: 1e-9, float32: 1e-5 } as const;

/**
 * Replays a batch and holds the result against the shared gradient (method 6).
 *
 * @param reduction how the batch was averaged. @default the gradient's own
 * @throws InputError when batch or gradient do not fit the model, or the batch is empty
 * @example
 * certify(model, gradient, recovered(found)).verdict;  // => 'holds'
 */
export function certify(
  model: Mlp,
  gradient: AveragedGradient,
  batch: Batch,
  reduction: Reduction = gradient.reduction,
): Certificate {
  const samples = batch.inputs.rows;
  check(samples > 0, () => 'certify: the batch is empty, expected at least one recovered sample');
  check(
    batch.inputs.columns === model.widths[0],
    () => `certify: samples have ${batch.inputs.columns} entries, expected ${model.widths[0]}`,
  );
  check(
    gradient.gradients.length === model.dense.length,
    () => `certify: the gradient has ${gradient.gradients.length} layers, expected ${model.dense.length}`,
  );
  const scale = reduction === 'mean' ? 1 / samples : 1;
  const parts = replayGradient(model, batch).map((replayed, i) => {
    const { weight, bias } = gradient.gradients[i];
    const [misfit, size] = squares(replayed.weight, weight.data, scale);
    const [biasMisfit, biasSize] = bias ? squares(replayed.bias, bias, scale) : [0, 0];
    return { misfit: misfit + biasMisfit, size: size + biasSize };
  });
  const ratio = (misfit: number, size: number): number => (misfit === 0 ? 0 : Math.sqrt(misfit / size));
  const residual = ratio(
    parts.reduce((sum, p) => sum + p.misfit, 0),
    parts.reduce((sum, p) => sum + p.size, 0),
  );
  const tolerance = floors[gradient.precision];
  return {
    residual,
    tolerance,
    verdict: residual <= tolerance ? 'holds' : 'fails',
    layers: parts.map((p, layer) => ({ layer, residual: ratio(p.misfit, p.size) })),
  };
}

/** The certificate when nothing was recovered: all of the gradient is left unexplained. */
export function noCertificate(gradient: AveragedGradient): Certificate {
  return { residual: 1, tolerance: floors[gradient.precision], verdict: 'fails', layers: [] };
}

function squares(replayed: Float64Array, shared: Float64Array, scale: number): [misfit: number, size: number] {
  let misfit = 0;
  let size = 0;
  for (let k = 0; k < shared.length; k++) {
    misfit += (replayed[k] * scale - shared[k]) ** 2;
    size += shared[k] ** 2;
  }
  return [misfit, size];
}
