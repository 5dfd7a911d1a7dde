import type { Batch, Mlp, PiecewiseLinear } from '../../types';

/**
 * The gradient that a batch produces, sample by sample and straight from the definition. It shares no code with the
 * attack or with captureGradient, so an error there shows here (method 6).
 *
 * @returns per layer, the sum over the samples of delta_i (f_i)ᵀ and of delta_i; divide by M for `mean`
 */
export function replayGradient(model: Mlp, { inputs, labels }: Batch): { weight: Float64Array; bias: Float64Array }[] {
  const sums = model.dense.map(({ weight }) => ({
    weight: new Float64Array(weight.rows * weight.columns),
    bias: new Float64Array(weight.rows),
  }));
  for (let m = 0; m < inputs.rows; m++) {
    const x = inputs.data.subarray(m * inputs.columns, (m + 1) * inputs.columns);
    addSample(model, x, labels[m], sums);
  }
  return sums;
}

function addSample(
  model: Mlp,
  x: Float64Array,
  label: number,
  sums: { weight: Float64Array; bias: Float64Array }[],
): void {
  const entering: Float64Array[] = [x];
  const before: Float64Array[] = [];
  let z = new Float64Array(0);
  model.dense.forEach(({ weight, bias }, i) => {
    const f = entering[i];
    z = new Float64Array(weight.rows);
    for (let j = 0; j < weight.rows; j++) {
      let sum = bias ? bias[j] : 0;
      for (let k = 0; k < f.length; k++) sum += weight.data[j * f.length + k] * f[k];
      z[j] = sum;
    }
    before.push(z);
    const activation = model.activations[i];
    if (activation) entering.push(z.map((v, j) => valueAt(activation, v, j)));
  });

  const top = z.reduce((a, b) => Math.max(a, b));
  const total = z.reduce((sum, l) => sum + Math.exp(l - top), 0);
  let delta = z.map((l, c) => Math.exp(l - top) / total - (c === label ? 1 : 0));
  for (let i = model.dense.length - 1; i >= 0; i--) {
    const { weight } = model.dense[i];
    const f = entering[i];
    const sum = sums[i];
    const slopes =
      i > 0 ? before[i - 1].map((v, j) => slopeAt(model.activations[i - 1], v, j)) : new Float64Array(f.length);
    const below = new Float64Array(f.length);
    for (let j = 0; j < delta.length; j++) {
      const d = delta[j];
      if (d === 0) continue;
      sum.bias[j] += d;
      for (let k = 0; k < f.length; k++) {
        const at = j * f.length + k;
        sum.weight[at] += d * f[k];
        if (slopes[k] !== 0) below[k] += slopes[k] * d * weight.data[at];
      }
    }
    delta = below; // at layer 0 it is not used: inputs pass no activation
  }
}

/** Written out here once more, as all of the replay is. */
function valueAt(activation: PiecewiseLinear, z: number, j: number): number {
  if (activation.kind === 'relu6') return Math.min(Math.max(z, 0), 6);
  return slopeAt(activation, z, j) * z;
}

function slopeAt(activation: PiecewiseLinear, z: number, j: number): number {
  if (activation.kind === 'relu6') return z > 0 && z < 6 ? 1 : 0;
  if (z > 0 || activation.kind === 'relu') return z > 0 ? 1 : 0;
  return activation.kind === 'prelu' ? activation.slopes[j] : activation.slope;
}
