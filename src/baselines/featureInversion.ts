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
  /** what entered the head, M x its inputs; signs and order as the network has them, lengths do not count. @default read off the head's gradient */
  readonly features?: DenseMatrix;
  /**
   * - 'authors': one start, 25000 iterations of Adam at rate 0.1, smoothness 0.1
   * - 'tuned': 2000 iterations and smoothness 1e-3
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

const common = { restarts: 1, rate: 0.1, schedule: cosineDown, begin: 'normal' } as const;
const settings: Record<'authors' | 'tuned', PictureSettings> = {
  authors: { ...common, iterations: 25000, smoothness: 0.1 },
  tuned: { ...common, iterations: 2000, smoothness: 1e-3 },
};
const understood = [...pictureKeys.filter((key) => !['size', 'labels', 'image'].includes(key)), 'features'];

/**
 * Feature inversion as the Cocktail Party Attack does it behind a head that was read (Kariyappa et al. 2023): pictures whose features
 * point where the target's do, by the cosine of each sample plus total variation, by Adam with half a cosine of rates (method 14).
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
  const target = { network: net, form, match: featureDistance(net, features) };
  const left = { ...options, seconds: Math.max(1e-3, (options.seconds ?? 60) - spent) };
  const found = await searchPictures(attack, target, settingsOf(attack, settings, options), left, told);
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

/** The mean over samples of 1 - cos(features, target), with its derivative by the inputs. */
function featureDistance(net: ConvNet, target: DenseMatrix): (guess: SoftBatch) => Matched {
  const { stack } = net;
  const lengths = Array.from({ length: target.rows }, (_, m) => norm(row(target, m)));
  return ({ inputs, targets }) => {
    const { values, logits: features } = forward({ layers: stack }, inputs);
    let delta = matrix(features.rows, features.columns);
    let loss = 0;
    for (let m = 0; m < features.rows; m++) {
      const [f, t] = [row(features, m), row(target, m)];
      const length = norm(f);
      const size = length * lengths[m];
      const cos = size > 0 ? dot(f, t) / size : 0;
      loss += (1 - cos) / features.rows;
      if (size > 0) row(delta, m).set(f.map((v, k) => ((cos * v) / length ** 2 - t[k] / size) / features.rows));
    }
    for (let k = stack.length - 1; k >= 0; k--) {
      const around = { entering: values[k], leaving: values[k + 1] };
      delta = kindOf(stack[k]).backward(stack[k], delta, around, float64);
    }
    return { loss, inputs: delta, targets };
  };
}
