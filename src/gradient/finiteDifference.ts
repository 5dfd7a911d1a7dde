import { check } from '../check';
import { matrix } from '../math/matrix';
import { hasWeights, weightedLayers } from '../model/layers';
import { loss } from '../model/loss';
import type { AffineLayer, AveragedGradient, Batch, Layer, Network, Reduction } from '../types';

/** One weight of a network; without a column, the bias of that row. */
export interface WeightIndex {
  readonly layer: number;
  readonly row: number;
  readonly column?: number;
}

/** Options of {@link finiteDifference} and {@link finiteDifferenceAt}. */
export interface FiniteDifferenceOptions {
  /** @default 'mean' */
  readonly reduction?: Reduction;
  /** how far a weight moves to either side; the error falls with its square until rounding wins. @default 1e-5 */
  readonly step?: number;
}

/**
 * The gradient by central differences of the loss, weight by weight: slow, and independent of the backward pass.
 *
 * Wrong where a step crosses a ReLU's kink.
 *
 * @throws InputError when the batch does not fit the model
 * @example
 * const net = mlp({ widths: [2, 3, 2] });
 * const batch = data.uniform({ size: 2, dimension: 2, classes: 2 });
 * certify(net, finiteDifference(net, batch), batch).residual < 1e-6;  // => true
 */
export function finiteDifference(
  model: Network,
  batch: Batch,
  options: FiniteDifferenceOptions = {},
): AveragedGradient {
  const { reduction = 'mean' } = options;
  const gradients = weightedLayers(model).map(({ weight: { rows, columns }, bias }, layer): AffineLayer => {
    const weights: WeightIndex[] = [];
    const biases: WeightIndex[] = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) weights.push({ layer, row, column });
      biases.push({ layer, row });
    }
    const weight = matrix(rows, columns, Float64Array.from(finiteDifferenceAt(model, batch, weights, options)));
    return bias ? { weight, bias: Float64Array.from(finiteDifferenceAt(model, batch, biases, options)) } : { weight };
  });
  return { gradients, reduction, precision: 'float64' };
}

/**
 * The same for selected weights only, in their order.
 *
 * @throws InputError when the model has no such weight
 * @example
 * // a weight, and a bias
 * finiteDifferenceAt(model, secret, [{ layer: 0, row: 3, column: 400 }, { layer: 1, row: 0 }]);  // => [0.0032, -0.0248]
 */
export function finiteDifferenceAt(
  model: Network,
  batch: Batch,
  weights: readonly WeightIndex[],
  { reduction = 'mean', step = 1e-5 }: FiniteDifferenceOptions = {},
): number[] {
  check(step > 0, () => `finiteDifference: step is ${step}, expected a positive number`);
  const moved = copy(model); // nudged in place and put back, so that the caller's model stays as it is
  return weights.map((index) => {
    const { values, at } = locate(moved, index);
    const value = values[at];
    values[at] = value + step;
    const up = loss(moved, batch, reduction);
    values[at] = value - step;
    const down = loss(moved, batch, reduction);
    values[at] = value;
    return (up - down) / (value + step - (value - step));
  });
}

function copy({ layers }: Network): Network {
  const copied = <L extends Layer & AffineLayer>({ weight, bias, ...rest }: L) =>
    ({
      ...rest,
      weight: { ...weight, data: weight.data.slice() },
      ...(bias && { bias: bias.slice() }),
    }) as unknown as L;
  return { layers: layers.map((layer) => (hasWeights(layer) ? copied(layer) : layer)) };
}

function locate(network: Network, { layer, row, column }: WeightIndex): { values: Float64Array; at: number } {
  const { weight, bias }: Partial<AffineLayer> = weightedLayers(network)[layer] ?? {};
  const values = column === undefined ? bias : weight?.data;
  const there = weight && row >= 0 && row < weight.rows && (column === undefined || column < weight.columns);
  check(
    values !== undefined && there === true,
    () => `finiteDifference: no weight at layer ${layer}, row ${row}, column ${column ?? 'bias'}`,
  );
  return { values, at: column === undefined ? row : row * (weight as { columns: number }).columns + column };
}
