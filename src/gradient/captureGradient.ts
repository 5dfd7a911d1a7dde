import { check, firstNonFinite } from '../check';
import { float32, float64 } from '../model/arithmetic';
import { backward } from '../model/backward';
import { forward } from '../model/forward';
import { classesOf, inputsOf, kindOf, takesPlanes, weightedLayers } from '../model/layers';
import type { AffineLayer, AveragedGradient, Batch, Network, Precision, Reduction } from '../types';

/** Options of {@link captureGradient}. */
export interface CaptureOptions {
  /** @default 'mean' */
  readonly reduction?: Reduction;
  /**
   * - 'float64': exact
   * - 'float32': computed in float32 throughout, as frameworks do; weights and inputs are rounded to it first
   * - 'rounded': exact, then every entry rounded to float32, which is milder
   *
   * @default 'float64'
   */
  readonly precision?: Precision | 'rounded';
}

/**
 * The gradient of softmax cross-entropy that a client shares: G_i = 1/M sum_m delta_i^m (f_i^m)ᵀ (method 1).
 *
 * @throws InputError when the batch is empty, not finite, or does not fit the model
 * @example
 * captureGradient(model, secret).gradients[0].weight.rows;  // => 512
 */
export function captureGradient(model: Network, batch: Batch, options: CaptureOptions = {}): AveragedGradient {
  const { reduction = 'mean', precision = 'float64' } = options;
  checkBatch('captureGradient', model, batch);
  const arithmetic = precision === 'float32' ? float32 : float64;
  const activations = forward(model, batch.inputs, 0, arithmetic);
  const scale = reduction === 'mean' ? 1 / batch.inputs.rows : 1;
  const deltas = backward(model, activations, batch.labels, { scale, arithmetic });
  const finish = (values: Float64Array): Float64Array => (precision === 'rounded' ? values.map(Math.fround) : values);
  const gradients = weightedLayers(model).map((layer, i): AffineLayer => {
    const sum = kindOf(layer).weightGradient?.(layer, deltas[i], activations.features[i], arithmetic) ?? layer;
    const weight = { ...sum.weight, data: finish(sum.weight.data) };
    return sum.bias ? { weight, bias: finish(sum.bias) } : { weight };
  });
  return { gradients, reduction, precision: precision === 'float64' ? 'float64' : 'float32' };
}

/** Throws unless the batch fits the model; `caller` is named in the message. */
export function checkBatch(caller: string, model: Network, { inputs, labels, image }: Batch): void {
  const [width, classes] = [inputsOf(model), classesOf(model)];
  check(inputs.rows >= 1, () => `${caller}: the batch is empty, expected at least one sample`);
  check(
    inputs.columns === width,
    () => `${caller}: samples have ${inputs.columns} entries, expected ${width} (the model's input width)`,
  );
  check(
    !takesPlanes(model) || image === undefined || image.channels === 1,
    () =>
      `${caller}: samples are pictures with channels last, expected C x H x W; turn them with data.channelsFirst(batch)`,
  );
  check(labels.length === inputs.rows, () => `${caller}: ${labels.length} labels for ${inputs.rows} samples`);
  const wrong = labels.findIndex((y) => !(y >= 0 && y < classes));
  check(wrong < 0, () => `${caller}: label ${labels[wrong]} of sample ${wrong}, expected 0..${classes - 1}`);
  const bad = firstNonFinite(inputs.data);
  check(
    bad < 0,
    () =>
      `${caller}: inputs hold ${inputs.data[bad]} at sample ${Math.floor(bad / inputs.columns)}, expected finite numbers`,
  );
}
