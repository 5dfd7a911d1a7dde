import { gemm } from '../../math/gemm';
import { dot, matrix, row } from '../../math/matrix';
import { deltaBelow } from '../../model/backward';
import { forward } from '../../model/forward';
import { lossVector } from '../../model/softmax';
import type { Mlp } from '../../types';

/** A sample known within an error bar. */
export interface Guess {
  /** d0 entries */
  readonly input: Float64Array;
  /** expected root mean square error per entry */
  readonly error: number;
  readonly label: number;
  /** in the average: 1/M, or 1 under `sum` */
  readonly weight: number;
}

/** What a sample adds to the gradient of the first two layers. */
export interface Share extends Guess {
  /** weight * delta_0, zero where the neuron is off (widths[1]) */
  readonly lower: Float64Array;
  /** weight * W_1ᵀ delta_1: delta_0 as it would be if every neuron were on */
  readonly unmasked: Float64Array;
  /** weight * delta_1 (widths[2]) */
  readonly upper: Float64Array;
  /** pre-activations of layer 0 and their positive part */
  readonly z: Float64Array;
  readonly active: Float64Array;
}

/** Forward and backward pass of one sample, down to layer 0 (SPEC 1). */
export function shareOf(model: Mlp, guess: Guess): Share {
  return sharesByLabel(model, guess, [guess.label])[0];
}

/** The same for several labels of one input, which share the forward pass. */
export function sharesByLabel(model: Mlp, guess: Omit<Guess, 'label'>, labels: readonly number[]): Share[] {
  const [lowest, above] = model.dense;
  const { input, weight } = guess;
  const z = Float64Array.from(
    { length: lowest.weight.rows },
    (_, j) => dot(row(lowest.weight, j), input) + (lowest.bias?.[j] ?? 0),
  );
  const active = z.map((v) => Math.max(v, 0));
  const pass = forward(model, matrix(1, active.length, active), 1);
  return labels.map((label) => {
    let delta = matrix(
      1,
      pass.logits.columns,
      lossVector(pass.logits.data, label).map((v) => v * weight),
    );
    for (let i = model.dense.length - 1; i > 1; i--) delta = deltaBelow(model.dense[i], delta, pass.features[i]);
    const unmasked = gemm(delta, above.weight).data;
    const lower = unmasked.map((v, j) => (z[j] > 0 ? v : 0));
    return { ...guess, label, lower, unmasked, upper: delta.data, z, active };
  });
}
