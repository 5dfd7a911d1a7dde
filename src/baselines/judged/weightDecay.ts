import { roundoff } from '../../gradient/arithmeticNoise';
import { dot, norm, row } from '../../math/matrix';
import type { AffineLayer, AveragedGradient, Mlp } from '../../types';

/** Weight decay as a gradient shows it. */
export interface FoundDecay {
  /** what was added is this times the weights */
  readonly decay: number;
  /** true where biases decay too, as torch.optim has it */
  readonly biases: boolean;
  /** neurons of layer 0 that show it */
  readonly rows: number;
  /** the gradient without it */
  readonly gradient: AveragedGradient;
}

/** What the last digit of an entry belongs to: the difference of two networks is rounded as their weights are. */
export type Rounding = 'of the gradient' | 'of the weights';

/**
 * Weight decay in a shared gradient. A neuron that no sample activates has no gradient of its own: what stands in its row is the decay
 * times its weights. Where several rows are multiples of their weights, and the multiple is one number, it is taken off all layers.
 *
 * @returns null where fewer than three rows of layer 0 show it
 */
export function weightDecay(
  model: Mlp,
  gradient: AveragedGradient,
  rounding: Rounding = 'of the gradient',
): FoundDecay | null {
  const [first] = gradient.gradients;
  const [layer] = model.dense;
  if (!first || !layer) return null;
  const unit = roundoff[gradient.precision];
  const finest = (own: number, weight: number): number => 30 * unit * (rounding === 'of the gradient' ? own : weight);
  const rows = Array.from({ length: layer.weight.rows }, (_, j) => {
    const [g, w] = [row(first.weight, j), row(layer.weight, j)];
    const [along, size] = [dot(g, w), dot(w, w)];
    const rest = norm(g.map((v, k) => v - (along / size) * (w[k] ?? 0)));
    return { j, along, size, rest, least: finest(norm(g), Math.sqrt(size)), norm: norm(g) };
  });
  const shown = rows.filter((r) => r.along > 0 && r.rest <= r.least && r.norm > 10 * r.least);
  const total = (of: 'along' | 'size'): number => shown.reduce((sum, r) => sum + r[of], 0);
  const decay = total('along') / total('size');
  const agree = shown.every((r) => Math.abs(r.along / r.size - decay) * Math.sqrt(r.size) <= r.least);
  if (shown.length < 3 || !agree) return null;
  const biases = shown.every(({ j }) => {
    const [g = 0, b = 0] = [first.bias?.[j], layer.bias?.[j]];
    return Math.abs(g - decay * b) <= finest(Math.abs(decay * b), Math.abs(b));
  });
  const off = (values: Float64Array, weights: Float64Array): Float64Array =>
    values.map((v, k) => {
      const own = decay * (weights[k] ?? 0);
      const left = v - own;
      return Math.abs(left) <= 0.3 * finest(Math.abs(own), Math.abs(weights[k] ?? 0)) ? 0 : left; // a neuron that no sample activates has no gradient
    });
  const gradients = gradient.gradients.map(({ weight, bias }, i): AffineLayer => {
    const { weight: w, bias: b } = model.dense[i] ?? layer;
    const without = { weight: { ...weight, data: off(weight.data, w.data) } };
    return bias && b ? { ...without, bias: biases ? off(bias, b) : bias } : without;
  });
  return { decay, biases, rows: shown.length, gradient: { ...gradient, gradients } };
}
