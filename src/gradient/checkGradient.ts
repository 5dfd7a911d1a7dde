import { check, firstNonFinite } from '../check';
import { weightedLayers } from '../model/layers';
import type { AffineLayer, AveragedGradient, Network } from '../types';

/**
 * Throws unless the gradient can belong to the model: one layer each, shaped alike, finite, and not zero throughout.
 *
 * @param caller opens the messages
 * @throws InputError naming the layer and what was expected
 * @example
 * checkGradient(model, gradient);  // => undefined
 */
export function checkGradient(model: Network, gradient: AveragedGradient, caller = 'checkGradient'): void {
  const { gradients } = gradient;
  const layers = weightedLayers(model);
  check(
    gradients.length === layers.length,
    () => `${caller}: the gradient has ${gradients.length} layers, expected ${layers.length} as in the model`,
  );
  layers.forEach((layer, i) => {
    checkLayer(caller, i, layer, gradients[i]);
  });
  check(
    gradients.some(({ weight, bias }) => weight.data.some((v) => v !== 0) || bias?.some((v) => v !== 0)),
    () => `${caller}: the gradient is zero in every entry: nothing to reconstruct`,
  );
}

function checkLayer(caller: string, i: number, layer: AffineLayer, { weight, bias }: AffineLayer): void {
  const { rows, columns } = layer.weight;
  const hint = weight.rows === columns && weight.columns === rows ? '; it looks transposed, expected out x in' : '';
  check(
    weight.rows === rows && weight.columns === columns,
    () =>
      `${caller}: the weight gradient of layer ${i} is ${weight.rows} x ${weight.columns}, expected ${rows} x ${columns}${hint}`,
  );
  check(
    (bias === undefined) === (layer.bias === undefined),
    () => `${caller}: the bias gradient of layer ${i} is ${bias ? 'there but the model has no biases' : 'missing'}`,
  );
  check(
    bias === undefined || bias.length === rows,
    () => `${caller}: the bias gradient of layer ${i} has ${bias?.length} entries, expected ${rows}`,
  );
  const badWeight = firstNonFinite(weight.data);
  check(
    badWeight < 0,
    () =>
      `${caller}: the weight gradient of layer ${i} holds ${weight.data[badWeight]} at row ${Math.floor(badWeight / columns)}, column ${badWeight % columns}, expected finite numbers`,
  );
  const badBias = bias ? firstNonFinite(bias) : -1;
  check(
    badBias < 0,
    () => `${caller}: the bias gradient of layer ${i} holds ${bias?.[badBias]} at ${badBias}, expected finite numbers`,
  );
}
