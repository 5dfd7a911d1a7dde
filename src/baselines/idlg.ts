import { check } from '../check';
import type { AveragedGradient, Network } from '../types';
import { inferLabels } from './inferLabels';
import { leakage, leakageSettings } from './leakage';
import { checkOptions, formOf, type SearchOptions, searchKeys, toldOf } from './matchingOptions';
import type { Optimised } from './search';
import { settingsOf } from './settings';

/** Options of {@link idlg}. */
export interface IdlgOptions extends SearchOptions {
  /**
   * - 'authors': one start of 300 iterations, taken at a loss of 1e-6
   * - 'tuned': as {@link dlg}'s
   *
   * @default 'authors'
   */
  readonly settings?: 'authors' | 'tuned';
}

const settings: typeof leakageSettings = {
  ...leakageSettings,
  authors: { ...leakageSettings.authors, least: 1e-6 },
};

/**
 * Improved Deep Leakage from Gradients (Zhao, Mopuri & Bilen 2020): the label of a single sample is read off the head's gradient, the
 * one class whose entry is negative; the picture is then searched as {@link dlg} does (method 14).
 *
 * @returns 1 x d0; M x d0 where labels are told
 * @throws InputError for more than one sample without labels: their signs mix; and as {@link dlg}
 * @example
 * const net = dlgLenet({ classes: 10 });
 * const picture = { ...data.gaussian({ size: 1, dimension: 3072, classes: 10 }), labels: Int32Array.of(7) };
 * const guess = await baselines.idlg(net, captureGradient(net, picture), { size: 1, iterations: 2 });
 * guess.labels;  // => [7]
 */
export async function idlg(network: Network, gradient: AveragedGradient, options: IdlgOptions): Promise<Optimised> {
  checkOptions('idlg', options, searchKeys);
  const { size, labels } = options;
  check(
    size === 1 || labels !== undefined,
    () =>
      `idlg: size is ${size} without labels, expected 1: the signs of several samples mix; tell the labels, or use dlg`,
  );
  const form = formOf('idlg', network, gradient, options);
  const known = { ...form, labels: labels ?? inferLabels(network, gradient, { size: 1 }, 'idlg') };
  return leakage(
    'idlg',
    { network, gradient, form: known },
    settingsOf('idlg', settings, options),
    options,
    toldOf(options),
  );
}
