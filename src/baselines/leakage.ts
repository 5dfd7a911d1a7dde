import { gradientNorm } from '../gradient/gradientDifference';
import type { AveragedGradient, Network } from '../types';
import { budgetOf } from './budget';
import type { Told } from './estimate';
import { gradientMatching } from './gradientMatching';
import { entriesOf, type GuessForm, normalStart, onVector, shownTo } from './guess';
import { type LbfgsOptions, lbfgs } from './lbfgs';
import type { SearchOptions } from './matchingOptions';
import { optimised } from './optimised';
import { type Optimised, search } from './search';

/** With what a gradient is matched by L-BFGS. */
export interface LeakageSettings extends LbfgsOptions {
  readonly iterations: number;
  readonly restarts: number;
  /** squared distances, as parts of the shared gradient's square: at which a guess is taken, and after which no other start is tried */
  readonly enough: number;
  readonly content: number;
  /** a squared distance as it stands at which a guess is taken too. @default 0 */
  readonly least?: number;
  /** iterations in which a start must fall by a tenth. @default endless */
  readonly patience?: number;
}

/**
 * - authors: one start of 300 iterations of L-BFGS as PyTorch has it, without a line search
 * - tuned: a start that moves goes on, one on a plateau is cut short, and at most twenty are made
 */
export const leakageSettings: Record<'authors' | 'tuned', LeakageSettings> = {
  authors: { iterations: 300, restarts: 1, enough: 0, content: 0 },
  tuned: { iterations: 300, restarts: 20, enough: 1e-9, content: 1e-6, patience: 10, flat: 0, still: 0, curved: 0 },
};

/** Squared distance from the shared gradient, made small by L-BFGS from standard normal guesses: what DLG and iDLG share. */
export async function leakage(
  attack: string,
  {
    network,
    gradient,
    form,
  }: { readonly network: Network; readonly gradient: AveragedGradient; readonly form: GuessForm },
  settings: LeakageSettings,
  options: SearchOptions,
  told: readonly Told[],
): Promise<Optimised> {
  const { seed = 0, resume } = options;
  const budget = budgetOf(attack, options);
  const objective = onVector(form, gradientMatching(network, gradient, 'squared'));
  const optimiser = lbfgs(settings);
  const square = gradientNorm(gradient.gradients) ** 2;
  const { iterations, restarts, enough, content, least = 0, patience } = settings;
  const found = await search(
    {
      ...{ attack, entries: entriesOf(form), iterations, starts: restarts, ...(patience && { patience }) },
      enough: Math.max(least, enough * square),
      content: Math.max(least, content * square),
      begin: (start) => optimiser.begin(normalStart(form, seed, start), objective),
      advance: (memory) => optimiser.advance(memory, objective),
      onBest: shownTo(options.onGuess, form),
    },
    budget,
    resume,
  );
  return optimised(found, form, told);
}
