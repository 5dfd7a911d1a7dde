import { check } from '../check';
import { checkGradient } from '../gradient/checkGradient';
import type { SoftBatch } from '../gradient/gradientMap';
import { dot, matrix, norm, row } from '../math/matrix';
import { float64 } from '../model/arithmetic';
import { forward } from '../model/forward';
import { classesOf, inputsOf, kindOf } from '../model/layers';
import type { AveragedGradient, ConvNet, DenseMatrix } from '../types';
import { cosineDown } from './adam';
import { budgetOf } from './budget';
import type { Told } from './estimate';
import type { Matched } from './gradientMatching';
import { type HeadFeatures, headFeatures } from './headFeatures';
import { checkOptions, type PictureOptions, pictureKeys } from './matchingOptions';
import { optimised } from './optimised';
import { boundsOf, type PictureSettings, searchPictures } from './pictureSearch';
import { freshState, type Optimised, type SearchState } from './search';
import { settingsOf } from './settings';

/** Options of {@link featureInversion}. */
export interface FeatureInversionOptions extends Omit<PictureOptions, 'size' | 'labels' | 'image' | 'resume'> {
  /** what entered the head, M x its inputs. @default read off the head's gradient */
  readonly features?: DenseMatrix;
  /** whether the features' lengths count, as those read off a head do; by independent components only directions come out */
  readonly lengths?: boolean;
  /**
   * - 'authors': one start, 25000 iterations of Adam at rate 0.1, smoothness 0.1, lengths do not count
   * - 'tuned': 1000 iterations from inside the range, smoothness 0.03, lengths count
   *
   * @default 'authors'
   */
  readonly settings?: 'authors' | 'tuned';
  /** `state` of an earlier answer to the same question with the same options */
  readonly resume?: FeatureState;
}

/** Where a feature inversion stands: the head is not read again. */
export interface FeatureState extends SearchState {
  readonly head: HeadFeatures;
}

/** What {@link featureInversion} hands over. */
export interface FeaturesInverted extends Optimised {
  readonly state: FeatureState;
}

interface FeatureSettings extends PictureSettings {
  readonly lengths: boolean;
}

const common = { restarts: 1, rate: 0.1, schedule: cosineDown };
const settings: Record<'authors' | 'tuned', FeatureSettings> = {
  authors: { ...common, iterations: 25000, smoothness: 0.1, begin: 'normal', lengths: false },
  tuned: { ...common, iterations: 1000, smoothness: 0.03, begin: 'uniform', lengths: true },
};
const understood = [...pictureKeys.filter((key) => !['size', 'labels', 'image'].includes(key)), 'features', 'lengths'];

/**
 * Feature inversion as the Cocktail Party Attack does it behind a head that was read (Kariyappa et al. 2023): pictures whose features
 * point where the target's do, or equal them, plus total variation, by Adam with half a cosine of rates (method 14).
 *
 * @returns M x C H W; no rows where the head's features are neither told nor to be read
 * @throws InputError when the gradient does not fit the network, or an option is out of range or not understood
 * @example
 * const net = dlgLenet({ classes: 10 });
 * const picture = data.gaussian({ size: 1, dimension: 3072, classes: 10 });
 * const guess = await baselines.featureInversion(net, captureGradient(net, picture), { iterations: 3 });
 * guess.told;  // => ['range of inputs', 'smooth pictures']
 */
export async function featureInversion(
  net: ConvNet,
  gradient: AveragedGradient,
  options: FeatureInversionOptions = {},
): Promise<FeaturesInverted> {
  const attack = 'featureInversion';
  check('stack' in net, () => `${attack}: the network has no convolutions below a head, expected one that has`);
  checkOptions(attack, options, understood);
  checkGradient(net, gradient, attack);
  const range = boundsOf(attack, options.range);
  const budget = budgetOf(attack, options);
  const head = options.resume?.head ?? (await headOf(attack, net, gradient, options));
  const { features, labels, reason } = head;
  const form = { size: features.rows, width: inputsOf(net), classes: classesOf(net), range, labels };
  const told: readonly Told[] = options.features ? ['features'] : [];
  const spent = budget.seconds();
  if (form.size === 0) {
    const state = { ...freshState(attack), head, seconds: spent };
    return { ...optimised({ state, ended: 'nothing more to try' }, form, told), reason, state };
  }
  const chosen = settingsOf(attack, settings, options);
  const target = { network: net, form, match: featureDistance(net, features, chosen.lengths) };
  const left = { ...options, seconds: Math.max(1e-3, (options.seconds ?? 60) - spent) };
  const found = await searchPictures(attack, target, chosen, left, told);
  const seconds = found.seconds + spent;
  return { ...found, seconds, reason: `${found.reason}; ${reason}`, state: { ...found.state, head, seconds } };
}

/** Features as told, or read off the head's gradient. */
async function headOf(
  attack: string,
  net: ConvNet,
  gradient: AveragedGradient,
  { features, seconds, signal, onProgress }: FeatureInversionOptions,
): Promise<HeadFeatures> {
  const width = net.head.widths[0];
  if (features) {
    check(
      features.rows > 0 && features.columns === width && features.data.every(Number.isFinite),
      () => `${attack}: features are ${features.rows} x ${features.columns}, expected finite numbers, M x ${width}`,
    );
    return { features, labels: new Int32Array(features.rows).fill(-1), reason: 'features as told' };
  }
  const watch = { ...(signal && { signal }), ...(onProgress && { onProgress }), ...(seconds && { seconds }) };
  return headFeatures(net, gradient, watch);
}

/** How far one sample's features f are from their target t, with the derivative by f. */
type Gap = (f: Float64Array, t: Float64Array) => { readonly loss: number; readonly slope: Float64Array };

/** 1 - cos(f, t). */
const direction: Gap = (f, t) => {
  const [length, size] = [norm(f), norm(f) * norm(t)];
  const cos = size > 0 ? dot(f, t) / size : 0;
  return { loss: 1 - cos, slope: f.map((v, k) => (size > 0 ? (cos * v) / length ** 2 - t[k] / size : 0)) };
};

/** |f - t|² / |t|². */
const difference: Gap = (f, t) => {
  const rest = f.map((v, k) => v - t[k]);
  const square = dot(t, t) || 1;
  return { loss: dot(rest, rest) / square, slope: rest.map((v) => (2 * v) / square) };
};

/** The mean gap of features from their targets over the samples, with its derivative by the inputs. */
export function featureDistance(
  { stack }: ConvNet,
  target: DenseMatrix,
  lengths: boolean,
): (guess: SoftBatch) => Matched {
  const gap = lengths ? difference : direction;
  return ({ inputs, targets }) => {
    const { values, logits: features } = forward({ layers: stack }, inputs);
    let delta = matrix(features.rows, features.columns);
    let loss = 0;
    for (let m = 0; m < features.rows; m++) {
      const own = gap(row(features, m), row(target, m));
      loss += own.loss / features.rows;
      row(delta, m).set(own.slope.map((v) => v / features.rows));
    }
    for (let k = stack.length - 1; k >= 0; k--) {
      const around = { entering: values[k], leaving: values[k + 1] };
      delta = kindOf(stack[k]).backward(stack[k], delta, around, float64);
    }
    return { loss, inputs: delta, targets };
  };
}
