import type { AveragedGradient, Network } from '../types';
import { leakage, leakageSettings } from './leakage';
import { checkOptions, formOf, type SearchOptions, searchKeys, toldOf } from './matchingOptions';
import type { Optimised } from './search';
import { settingsOf } from './settings';

/** Options of {@link dlg}. */
export interface DlgOptions extends SearchOptions {
  /**
   * - 'authors': one start of 300 iterations of L-BFGS as PyTorch has it, without a line search
   * - 'tuned': a start ends when the gradient is met to 3e-5; one on a plateau is followed by another, at most 20
   *
   * @default 'authors'
   */
  readonly settings?: 'authors' | 'tuned';
}

/**
 * Deep Leakage from Gradients (Zhu, Liu & Han 2019): a random guess of inputs and labels is moved until its gradient is the shared one,
 * in squared distance, by L-BFGS (method 14). It needs smooth activations, and is told M.
 *
 * @returns M x d0 in the range that the search ended in: nothing holds pixels to [0, 1]
 * @throws InputError when the gradient does not fit the network, or an option is out of range or not understood
 * @example
 * const net = dlgLenet({ classes: 10 });
 * const picture = data.gaussian({ size: 1, dimension: 3072, classes: 10 });
 * const guess = await baselines.dlg(net, captureGradient(net, picture), { size: 1, iterations: 2 });
 * [guess.status, guess.ended];  // => ['estimate', 'iterations']
 */
export async function dlg(network: Network, gradient: AveragedGradient, options: DlgOptions): Promise<Optimised> {
  checkOptions('dlg', options, searchKeys);
  const form = formOf('dlg', network, gradient, options);
  const chosen = settingsOf('dlg', leakageSettings, options);
  return leakage('dlg', { network, gradient, form }, chosen, options, toldOf(options));
}
