import { captureGradient } from '../../gradient/captureGradient';
import type { AveragedGradient, Batch, Network, Reduction } from '../../types';

/** ||gradient of the batch - shared gradient|| / ||shared gradient||, all layers together: the attack's own check. */
export function replayResidual(model: Network, gradient: AveragedGradient, batch: Batch, reduction: Reduction): number {
  const replayed = captureGradient(model, batch, { reduction });
  let misfit = 0;
  let size = 0;
  const compare = (x: Float64Array, y: Float64Array): void => {
    for (let k = 0; k < x.length; k++) {
      misfit += (x[k] - y[k]) ** 2;
      size += y[k] ** 2;
    }
  };
  gradient.gradients.forEach(({ weight, bias }, i) => {
    const other = replayed.gradients[i];
    compare(other.weight.data, weight.data);
    if (bias && other.bias) compare(other.bias, bias);
  });
  return Math.sqrt(misfit / size);
}

/** Residual up to which a replay counts as the same gradient, given the measured noise per entry. */
export function replayLimit(noise: number): number {
  return Math.max(1e-10, 100 * noise);
}
