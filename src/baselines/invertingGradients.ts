import type { AveragedGradient, Network } from '../types';
import { steps } from './adam';
import { gradientMatching } from './gradientMatching';
import { inferLabels } from './inferLabels';
import { checkOptions, formOf, type PictureOptions, pictureKeys, toldOf } from './matchingOptions';
import { boundsOf, type PictureSettings, searchPictures } from './pictureSearch';
import type { Optimised } from './search';
import { settingsOf } from './settings';

/** Options of {@link invertingGradients}. */
export interface InvertingGradientsOptions extends PictureOptions {
  /**
   * - 'authors': one start, 4800 iterations at rate 0.1, smoothness 1e-4 (their paper's strongest setting: 24000 iterations and 0.1)
   * - 'tuned': for digits and fully connected networks: 400 iterations from inside the range, at most four starts, until a loss of 0.005
   *
   * @default 'authors'
   */
  readonly settings?: 'authors' | 'tuned';
}

const common = { rate: 0.1, smoothness: 1e-4, signed: true, schedule: steps };
const settings: Record<'authors' | 'tuned', PictureSettings> = {
  authors: { ...common, iterations: 4800, restarts: 1, begin: 'normal' },
  tuned: { ...common, iterations: 400, restarts: 4, content: 5e-3, begin: 'uniform' },
};

/**
 * Inverting Gradients (Geiping, Bauermeister, Dröge & Moeller 2020): cosine distance of a guess's gradient from the shared one plus
 * total variation, by Adam on the signs of its slope with a rate that falls in steps, inputs boxed to their range (method 14).
 * Labels are told, or read off the head's gradient.
 *
 * @returns M x d0, in the network's order of values
 * @throws InputError when the gradient does not fit the network, or an option is out of range or not understood
 * @example
 * const options = { size: 8, labels: secret.labels, image: digits.image, iterations: 20 };
 * const guess = await baselines.invertingGradients(model, gradient, options);
 * guess.told;  // => ['batch size', 'labels', 'range of inputs', 'smooth pictures']
 */
export async function invertingGradients(
  network: Network,
  gradient: AveragedGradient,
  options: InvertingGradientsOptions,
): Promise<Optimised> {
  const attack = 'invertingGradients';
  checkOptions(attack, options, pictureKeys);
  const range = boundsOf(attack, options.range);
  const form = formOf(attack, network, gradient, options, range);
  const labels = form.labels ?? inferLabels(network, gradient, { size: options.size, range }, attack);
  const target = { network, form: { ...form, labels }, match: gradientMatching(network, gradient, 'cosine') };
  return searchPictures(attack, target, settingsOf(attack, settings, options), options, toldOf(options));
}
