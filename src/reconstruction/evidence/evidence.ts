import { roundoff } from '../../gradient/arithmeticNoise';
import { checkGradient } from '../../gradient/checkGradient';
import { norm, row } from '../../math/matrix';
import { partAbove } from '../../model/mlp';
import type { AffineLayer, AveragedGradient, Mlp } from '../../types';
import { eulerIdentity } from './eulerIdentity';
import { type MeasuredLayer, measureNoise } from './measureNoise';
import type { LayerNoise } from './noiseModel';

/** All that an attack has, and how far it can be trusted: the noise is measured here, once. */
export interface Evidence {
  readonly model: Mlp;
  readonly gradient: AveragedGradient;
  /** what the gradient was multiplied by, beside its reduction */
  readonly scale: number;
  /** whether its inputs are features of a stack below, which is left to tell near samples apart */
  readonly stackBelow: boolean;
  /** squared norm of each neuron's weights, per layer */
  readonly squares: readonly Float64Array[];
  /** of every layer's arrays */
  readonly noise: readonly LayerNoise[];
  /** unit roundoff of the arithmetic that fits: the stated precision's, or more where the gradient shows it */
  readonly unit: number;
  /** whether there is more noise than its arithmetic explains, and no way to measure it: `unit` is then a guess */
  readonly unmeasured: boolean;
  /** noise beyond rounding, with the subspaces in which it was measured; null where there is only rounding */
  readonly added: readonly MeasuredLayer[] | null;
  /** relative misfit of the identities that every batch's gradient satisfies, root mean square over the neurons */
  readonly misfit: number;
  /** per ReLU layer: 1 for neurons whose row was withheld, as a client can do; dead neurons have no column above either */
  readonly withheld: readonly Uint8Array[];
  /** why no batch can have given this gradient, or null */
  readonly inconsistent: string | null;
}

/** Misfit, squared, over what rounding explains: rounding is never so far off. */
const surelyMore = 1e4;
/** The same over measured noise: other models miss it by 7 and more at 10 % noise, and by far more below that. */
const largestMisfit = 3;
/** Relative misfit up to which a gradient whose noise cannot be measured is attacked as if it were rounding. */
const largestUnknown = 1e-4;

/**
 * Measures the noise of a gradient on itself, without knowing the batch (method 9, 13). First the arithmetic of the stated precision; where
 * identities that hold for every batch are missed by more, the noise is measured in the directions that the batch cannot reach, or
 * read off the values where they show half precision, a grid or pruning.
 *
 * @throws InputError when the gradient does not fit the model, is not finite, or is zero in every entry
 */
export function gatherEvidence(model: Mlp, gradient: AveragedGradient, scale = 1, stackBelow = false): Evidence {
  checkGradient(model, gradient, 'reconstruct');
  const unit = roundoff[gradient.precision];
  const stated = statedNoise(gradient);
  const { misfit, ratio, withheld } = saturates(model) ? unknownTo(model) : identities(model, gradient, stated, unit);
  const squares = model.dense.map(({ weight }) =>
    Float64Array.from({ length: weight.rows }, (_, j) => norm(row(weight, j)) ** 2),
  );
  const common = {
    model,
    gradient,
    scale,
    stackBelow,
    squares,
    misfit,
    withheld,
    unmeasured: false,
    inconsistent: null,
  };
  if (ratio <= surelyMore) return { ...common, noise: stated, unit: unit * Math.sqrt(Math.max(1, ratio)), added: null };
  const measured = measureNoise(gradient, Math.max(unit, 2 ** -46));
  const unexplained = measured ? identities(model, gradient, measured, 0).ratio : Number.POSITIVE_INFINITY;
  if (measured && unexplained <= largestMisfit) return { ...common, noise: measured, unit, added: measured };
  const inconsistent = misfit > largestUnknown ? reason(misfit) : null;
  return { ...common, noise: stated, unit: Math.max(unit, misfit), unmeasured: true, added: null, inconsistent };
}

/** Whether deltas of some neurons may be lost where their values are not: then no identity holds for every batch. */
function saturates({ activations }: Mlp): boolean {
  return activations.some(({ kind }) => kind === 'relu6');
}

/** What is taken for granted where nothing can be checked: noise as stated, no row withheld. */
function unknownTo({ dense }: Mlp): Identities {
  return { misfit: 0, ratio: 0, withheld: dense.slice(0, -1).map(({ weight }) => new Uint8Array(weight.rows)) };
}

function statedNoise({ gradients, precision }: AveragedGradient): LayerNoise[] {
  const rounding = { additive: 0, relative: roundoff[precision], hidden: 0 };
  return gradients.map(() => ({ weight: rounding, bias: rounding }));
}

/** The evidence of the layers from one up: a network whose inputs are the features that enter that layer. */
export function fromLayer(evidence: Evidence, layer: number): Evidence {
  const { model, gradient, noise, added, squares } = evidence;
  return {
    ...evidence,
    model: partAbove(model, layer),
    gradient: { ...gradient, gradients: gradient.gradients.slice(layer) },
    squares: squares.slice(layer),
    noise: noise.slice(layer),
    withheld: evidence.withheld.slice(layer),
    added: added?.slice(layer) ?? null,
  };
}

interface Identities {
  /** relative, root mean square over the neurons */
  readonly misfit: number;
  /** the worst layer's median of squared misfit over variance: 1 for the right noise */
  readonly ratio: number;
  readonly withheld: readonly Uint8Array[];
}

/** Euler's identity over all neurons that are not withheld. */
function identities(model: Mlp, gradient: AveragedGradient, noise: readonly LayerNoise[], unit: number): Identities {
  let [sum, count, ratio] = [0, 0, 0];
  const withheld: Uint8Array[] = [];
  for (let layer = 0; layer < model.dense.length - 1; layer++) {
    const growth = unit * Math.sqrt((1 + model.widths[layer] / 2) / 3);
    const all = eulerIdentity(model, gradient, layer, noise, growth);
    const silent = all.map(({ misfit, variance }, j) => {
      return isZero(gradient.gradients[layer], j) && misfit ** 2 > surelyMore * variance ? 1 : 0;
    });
    withheld.push(Uint8Array.from(silent));
    const live = all.filter(({ terms }, j) => terms > 0 && !silent[j]);
    for (const { misfit, terms } of live) sum += misfit ** 2 / terms;
    count += live.length;
    const ratios = live.map(({ misfit, variance }) => (misfit === 0 ? 0 : misfit ** 2 / variance));
    ratios.sort((a, b) => a - b);
    ratio = Math.max(ratio, (ratios[ratios.length >> 1] ?? 0) / 0.455); // the median of chi-squared
  }
  return { misfit: count === 0 ? 0 : Math.sqrt(sum / count), ratio, withheld };
}

function isZero({ weight, bias }: AffineLayer, j: number): boolean {
  return (bias?.[j] ?? 0) === 0 && row(weight, j).every((v) => v === 0);
}

function reason(misfit: number): string {
  return `every batch's gradient satisfies one identity per neuron, this one misses them by ${misfit.toExponential(1)} relative, and no noise that it shows explains that: it belongs to another model, or too much was done to it`;
}
