import type { AffineLayer, Batch, Network } from '../types';

/**
 * The gradient that a batch produces, sample by sample and straight from the definition. It shares no code with the
 * attack or with captureGradient, so an error there shows here (SPEC 6).
 *
 * @returns per layer, the sum over the samples of delta_i (f_i)ᵀ and of delta_i; divide by M for `mean`
 */
export function replayGradient(
  model: Network,
  { inputs, labels }: Batch,
): { weight: Float64Array; bias: Float64Array }[] {
  const sums = model.layers.map(({ weight }) => ({
    weight: new Float64Array(weight.rows * weight.columns),
    bias: new Float64Array(weight.rows),
  }));
  for (let m = 0; m < inputs.rows; m++) {
    const x = inputs.data.subarray(m * inputs.columns, (m + 1) * inputs.columns);
    addSample(model, x, labels[m] as number, sums);
  }
  return sums;
}

function addSample(
  model: Network,
  x: Float64Array,
  label: number,
  sums: { weight: Float64Array; bias: Float64Array }[],
): void {
  const entering: Float64Array[] = [x];
  let z = new Float64Array(0);
  model.layers.forEach(({ weight, bias }, i) => {
    const f = entering[i] as Float64Array;
    z = new Float64Array(weight.rows);
    for (let j = 0; j < weight.rows; j++) {
      let sum = bias ? (bias[j] as number) : 0;
      for (let k = 0; k < f.length; k++) sum += (weight.data[j * f.length + k] as number) * (f[k] as number);
      z[j] = sum;
    }
    entering.push(z.map((v) => Math.max(v, 0)));
  });

  const top = z.reduce((a, b) => Math.max(a, b));
  const total = z.reduce((sum, l) => sum + Math.exp(l - top), 0);
  let delta = z.map((l, c) => Math.exp(l - top) / total - (c === label ? 1 : 0));
  for (let i = model.layers.length - 1; i >= 0; i--) {
    const { weight } = model.layers[i] as AffineLayer;
    const f = entering[i] as Float64Array;
    const sum = sums[i] as { weight: Float64Array; bias: Float64Array };
    const below = new Float64Array(f.length);
    for (let j = 0; j < delta.length; j++) {
      const d = delta[j] as number;
      if (d === 0) continue;
      sum.bias[j] = (sum.bias[j] as number) + d;
      for (let k = 0; k < f.length; k++) {
        const at = j * f.length + k;
        sum.weight[at] = (sum.weight[at] as number) + d * (f[k] as number);
        if ((f[k] as number) > 0) below[k] = (below[k] as number) + d * (weight.data[at] as number);
      }
    }
    delta = below; // at layer 0 it is not used: inputs pass no ReLU
  }
}
