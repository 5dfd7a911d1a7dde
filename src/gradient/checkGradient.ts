import { check, firstNonFinite } from '../check';
import type { AveragedGradient, Network } from '../types';

/**
 * Throws unless the gradient belongs to a network of this architecture and carries something.
 *
 * @throws InputError on a missing layer or bias, another shape, NaN or infinity, or a gradient that is zero everywhere
 */
export function checkGradient(model: Network, gradient: AveragedGradient): void {
  const { gradients } = gradient;
  check(
    gradients.length === model.layers.length,
    () =>
      `checkGradient: the gradient has ${gradients.length} layers, expected ${model.layers.length} as the model has`,
  );
  model.layers.forEach(({ weight, bias }, i) => {
    const shared = gradients[i]!;
    const shape = (w: { rows: number; columns: number }): string => `${w.rows} x ${w.columns}`;
    check(
      shared.weight.rows === weight.rows && shared.weight.columns === weight.columns,
      () =>
        `checkGradient: gradient of layer ${i} is ${shape(shared.weight)}, expected ${shape(weight)} (out x in)${
          shared.weight.rows === weight.columns && shared.weight.columns === weight.rows ? '; it looks transposed' : ''
        }`,
    );
    check(
      (shared.bias?.length ?? 0) === (bias?.length ?? 0),
      () =>
        `checkGradient: bias gradient of layer ${i} has ${shared.bias?.length ?? 'no'} entries, expected ${bias?.length ?? 'none'}`,
    );
    for (const [name, values] of [
      ['weight', shared.weight.data],
      ['bias', shared.bias ?? []],
    ] as const) {
      const bad = firstNonFinite(values);
      check(
        bad < 0,
        () =>
          `checkGradient: ${name} gradient of layer ${i} holds ${values[bad]} at entry ${bad}, expected finite numbers`,
      );
    }
  });
  check(
    gradients.some(({ weight, bias }) => weight.data.some((v) => v !== 0) || (bias?.some((v) => v !== 0) ?? false)),
    () => 'checkGradient: the gradient is zero in every entry: there is nothing to reconstruct',
  );
}
