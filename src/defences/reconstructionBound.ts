import { check, isCount } from '../check';
import { normalCdf, normalQuantile } from '../math/normalDistribution';

/** Options of {@link reconstructionBound}. */
export interface ReconstructionBoundOptions {
  /** standard deviation of the noise on the summed gradient, in units of the clipping norm, as for `dpSgd` */
  readonly noise: number;
  /** with which probability an attacker without any gradient would guess the sample well enough, in [0, 1] */
  readonly prior: number;
  /** shared gradients in which the sample takes part. @default 1 */
  readonly steps?: number;
}

/**
 * The most that DP-SGD lets *anyone* succeed: the largest probability with which an attacker who knows the weights, all other samples and how
 * to compute anything can reconstruct a sample from the gradients it took part in. That an attack reads nothing says less.
 *
 * The Gaussian mechanism has Phi(Phi^-1(prior) + sqrt(steps) / noise) (Hayes, Mahloujifar & Balle 2023, arXiv 2302.07225, theorem 2, full
 * batches; Balle, Cherubin & Hayes 2022 for the notion). It presupposes that every sample's gradient is clipped by itself, that noise is drawn
 * afresh in every step, in exact arithmetic and unknown to the attacker, and that the sample is independent of all others: near copies in
 * the batch are not covered. Sampling of batches could only lower it.
 *
 * @returns a probability; 1 without noise
 * @throws InputError when an option is out of range
 * @example
 * // a sample that is one of two: told apart as often as two Gaussians whose means are two clipping norms apart
 * defences.reconstructionBound({ noise: 1, prior: 0.5 });  // => 0.841
 */
export function reconstructionBound({ noise, prior, steps = 1 }: ReconstructionBoundOptions): number {
  check(noise >= 0, () => `reconstructionBound: noise is ${noise}, expected a number >= 0`);
  check(0 <= prior && prior <= 1, () => `reconstructionBound: prior is ${prior}, expected a probability`);
  check(isCount(steps, 0), () => `reconstructionBound: steps is ${steps}, expected a count`);
  if (steps === 0 || prior === 0 || prior === 1) return prior;
  return noise === 0 ? 1 : normalCdf(normalQuantile(prior) + Math.sqrt(steps) / noise);
}
